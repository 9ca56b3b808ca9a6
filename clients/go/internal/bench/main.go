package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"testing"
)

type result struct {
	Name                  string  `json:"name"`
	Goroutines            int     `json:"goroutines"`
	NanosecondsPerCall    float64 `json:"nanosecondsPerCall"`
	AllocationsPerCall    int64   `json:"allocationsPerCall"`
	AllocatedBytesPerCall int64   `json:"allocatedBytesPerCall"`
}

func main() {
	results, err := measure()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(map[string]any{"language": "go", "runtime": runtime.Version(), "cachedToken": results}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func measure() ([]result, error) {
	compared, closeAll, err := ways()
	if err != nil {
		return nil, err
	}
	defer closeAll()
	var results []result
	for _, way := range compared {
		for _, round := range []struct {
			goroutines int
			run        func(*testing.B)
		}{{1, way.alone}, {runtime.GOMAXPROCS(0), way.parallel}} {
			measured := testing.Benchmark(round.run)
			if measured.N == 0 {
				return nil, fmt.Errorf("%s failed", way.name)
			}
			results = append(results, result{
				way.name, round.goroutines, float64(measured.T.Nanoseconds()) / float64(measured.N),
				measured.AllocsPerOp(), measured.AllocedBytesPerOp(),
			})
		}
	}
	return results, nil
}
