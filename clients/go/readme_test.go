package vending_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// What the README shows is compiled: each of its Go blocks stands in example_test.go.
func TestReadmeShowsCodeThatCompiles(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) != 4 {
		t.Errorf("got %d blocks", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(string(examples), block[1]) {
			t.Errorf("not in example_test.go:\n%s", block[1])
		}
	}
}
