// Package vendingtest has the other ends of a client's connections: a vending service, providers' APIs, and a network in
// memory on which the fake clock of testing/synctest can run.
package vendingtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Network connects servers and clients of one test by pipes. net/http's own server and transport run over it.
type Network struct {
	t         *testing.T
	mu        sync.Mutex
	listeners map[string]*listener
	// Transport dials on this network.
	Transport *http.Transport
	dials     int
	far       []net.Conn
}

// NewNetwork makes a network that ends with the test.
func NewNetwork(t *testing.T) *Network {
	n := &Network{t: t, listeners: map[string]*listener{}}
	n.Transport = &http.Transport{DialContext: n.dial}
	t.Cleanup(n.Transport.CloseIdleConnections)
	return n
}

// Serve starts a server and returns its URL.
func (n *Network) Serve(handler http.Handler) string {
	n.t.Helper()
	return n.ServeAt(len(n.listeners)+1, handler)
}

// ServeAt starts a server on a port and returns its URL.
func (n *Network) ServeAt(port int, handler http.Handler) string {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	l := &listener{
		address:     memoryAddress(fmt.Sprintf("127.0.0.1:%d", port)),
		connections: make(chan net.Conn),
		closed:      make(chan struct{}),
	}
	n.listeners[l.address.String()] = l
	server := httptest.NewUnstartedServer(handler)
	server.Listener.Close()
	server.Listener = l
	server.Start()
	n.t.Cleanup(func() {
		n.Transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL
}

// Dials counts the connections that were made.
func (n *Network) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// CloseConnections closes every connection from the servers' end.
func (n *Network) CloseConnections() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, connection := range n.far {
		connection.Close()
	}
}

func (n *Network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.dials++
	n.mu.Unlock()
	if l == nil {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	select {
	case l.connections <- far:
		n.mu.Lock()
		n.far = append(n.far, far)
		n.mu.Unlock()
		return near, nil
	case <-l.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type listener struct {
	address     memoryAddress
	connections chan net.Conn
	closed      chan struct{}
	once        sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case connection := <-l.connections:
		return connection, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return l.address }

type memoryAddress string

func (memoryAddress) Network() string  { return "memory" }
func (a memoryAddress) String() string { return string(a) }
