// Command driver carries out commands of test/clients/scenarios.ts with the Go client. See test/clients/README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"token-vending.example/vending"
	"token-vending.example/vending/internal/settings"
)

// command is one line of stdin.
type command struct {
	ID            int               `json:"id"`
	Op            string            `json:"op"`
	Endpoint      string            `json:"endpoint"`
	Region        string            `json:"region"`
	WallOffsetMs  int64             `json:"wallOffsetMs"`
	Ms            int64             `json:"ms"`
	Provider      string            `json:"provider"`
	Scope         string            `json:"scope"`
	MinTTLSeconds int64             `json:"minTtlSeconds"`
	Times         int               `json:"times"`
	CancelAfterMs *int64            `json:"cancelAfterMs"`
	TimeoutMs     *int64            `json:"timeoutMs"`
	URL           string            `json:"url"`
	Method        string            `json:"method"`
	Body          *string           `json:"body"`
	OneShotBody   bool              `json:"oneShotBody"`
	Headers       map[string]string `json:"headers"`
}

// driver holds one client at a time.
type driver struct {
	// advanced is in nanoseconds.
	advanced   atomic.Int64
	background background

	mu        sync.Mutex
	client    *vending.Client
	lastError error
}

func main() {
	d := &driver{}
	if err := d.create(command{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var writing sync.Mutex
	var running sync.WaitGroup
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			fmt.Fprintln(os.Stderr, "not a command:", err)
			os.Exit(2)
		}
		carryOut := func() {
			line, err := json.Marshal(d.reply(c))
			if err != nil {
				panic(err)
			}
			writing.Lock()
			defer writing.Unlock()
			fmt.Println(string(line))
		}
		// What comes next counts on these.
		if c.Op == "new" || c.Op == "advance" {
			carryOut()
		} else {
			running.Go(carryOut)
		}
	}
	running.Wait()
}

func (d *driver) reply(c command) map[string]any {
	fields, err := d.carryOut(c)
	if err != nil {
		fields = map[string]any{"failed": err.Error()}
	}
	fields["id"] = c.ID
	return fields
}

func (d *driver) carryOut(c command) (map[string]any, error) {
	switch c.Op {
	case "new":
		return map[string]any{}, d.create(c)
	case "advance":
		d.advanced.Add(c.Ms * int64(time.Millisecond))
		return map[string]any{}, nil
	case "getToken":
		return map[string]any{"results": d.getTokens(c)}, nil
	case "request":
		return map[string]any{"results": d.request(c)}, nil
	case "sign":
		return map[string]any{"results": d.sign(c)}, nil
	case "settle":
		d.background.settle()
		return map[string]any{}, nil
	case "inspect":
		return map[string]any{"text": d.inspect()}, nil
	case "fork":
		return map[string]any{"results": d.fork(c)}, nil
	default:
		return nil, fmt.Errorf("there is no %s", c.Op)
	}
}

func (d *driver) create(c command) error {
	system := settings.SystemClock()
	clock := func() settings.Reading {
		now := system()
		return settings.Reading{
			Wall: now.Wall.Add(time.Duration(c.WallOffsetMs) * time.Millisecond),
			Age:  now.Age + time.Duration(d.advanced.Load()),
		}
	}
	opts := []vending.Option{func(s *settings.Settings) { s.Clock, s.Go = clock, d.background.run }}
	if c.Region != "" {
		opts = append(opts, vending.WithRegion(c.Region))
	}
	client, err := vending.New(context.Background(), c.Endpoint, opts...)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.client = client
	return nil
}

func (d *driver) current() *vending.Client {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.client
}

// background counts what runs in the background.
type background struct {
	mu      sync.Mutex
	running int
	idle    *sync.Cond
}

func (b *background) run(work func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running++
	go func() {
		defer b.end()
		work()
	}()
}

func (b *background) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	if b.running == 0 && b.idle != nil {
		b.idle.Broadcast()
	}
}

func (b *background) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.idle == nil {
		b.idle = sync.NewCond(&b.mu)
	}
	for b.running > 0 {
		b.idle.Wait()
	}
}
