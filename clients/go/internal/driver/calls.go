package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"token-vending.example/vending"
)

// concurrently makes c.Times calls at once, and describes their outcomes in order.
func (d *driver) concurrently(times int, call func(i int) (any, error)) []any {
	results := make([]any, max(times, 1))
	var calls sync.WaitGroup
	for i := range results {
		calls.Go(func() {
			value, err := call(i)
			results[i] = d.describe(value, err)
		})
	}
	calls.Wait()
	return results
}

func (d *driver) getTokens(c command) []any {
	client := d.current()
	return d.concurrently(c.Times, func(i int) (any, error) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if c.TimeoutMs != nil {
			ctx, cancel = context.WithTimeout(ctx, time.Duration(*c.TimeoutMs)*time.Millisecond)
			defer cancel()
		}
		if c.CancelAfterMs != nil && i == 0 {
			time.AfterFunc(time.Duration(*c.CancelAfterMs)*time.Millisecond, cancel)
		}
		return client.Token(ctx, c.Provider, tokenOptions(c)...)
	})
}

func tokenOptions(c command) []vending.TokenOption {
	var opts []vending.TokenOption
	if c.Scope != "" {
		opts = append(opts, vending.WithScopes(strings.Fields(c.Scope)...))
	}
	if c.MinTTLSeconds != 0 {
		opts = append(opts, vending.WithMinTTL(time.Duration(c.MinTTLSeconds)*time.Second))
	}
	return opts
}

func (d *driver) request(c command) []any {
	client := d.current().HTTPClient(c.Provider, strings.Fields(c.Scope)...)
	return d.concurrently(c.Times, func(int) (any, error) { return send(client, c) })
}

func (d *driver) sign(c command) []any {
	client := &http.Client{Transport: d.current().Transport(nil)}
	return d.concurrently(1, func(int) (any, error) { return send(client, c) })
}

// answer is a response that has been read.
type answer struct {
	*http.Response
	body string
}

func send(client *http.Client, c command) (any, error) {
	var body io.Reader
	if c.Body != nil {
		body = strings.NewReader(*c.Body)
	}
	if c.OneShotBody {
		// net/http knows how to repeat a reader of its own only.
		body = io.MultiReader(body)
	}
	request, err := http.NewRequest(c.Method, c.URL, body)
	if err != nil {
		return nil, err
	}
	for name, value := range c.Headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var read bytes.Buffer
	if _, err := read.ReadFrom(response.Body); err != nil {
		return nil, err
	}
	return answer{response, read.String()}, nil
}

// fork gets tokens on threads of their own: a Go program does not fork.
func (d *driver) fork(c command) []any {
	client := d.current()
	return d.concurrently(4, func(int) (any, error) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		return client.Token(context.Background(), c.Provider, tokenOptions(c)...)
	})
}
