// SPDX-License-Identifier: Apache-2.0

// A node of hashicorp/memberlist, with its LAN defaults and its own queue for broadcasts, that
// does as bench/mesh.py says: the lines of JSON and the verbs of tests/interop/peers.py.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/memberlist"
)

type command struct {
	Call      int      `json:"call"`
	Verb      string   `json:"verb"`
	ID        string   `json:"id"`
	Addresses []string `json:"addresses"`
	Peers     []string `json:"peers"`
	Prefix    string   `json:"prefix"`
	Count     int      `json:"count"`
	Name      string   `json:"name"`
	EveryMs   int      `json:"every_ms"`
	PhaseMs   int      `json:"phase_ms"`
	Bytes     int      `json:"bytes"`
}

type message []byte

func (message) Invalidates(memberlist.Broadcast) bool { return false }
func (m message) Message() []byte                     { return m }
func (message) Finished()                             {}

// What memberlist asks of an application; called from its goroutines.
type node struct {
	mutex sync.Mutex
	heard map[string]bool // what it says itself is in it as false
	us    []int64         // how long each pulse heard was under way
	queue memberlist.TransmitLimitedQueue
}

func (n *node) NodeMeta(int) []byte { return nil }

// What is heard first is passed on, as memberlist does with its own news.
func (n *node) NotifyMsg(bytes []byte) { n.spread(string(bytes), true) }

func (n *node) spread(text string, isHeard bool) {
	n.mutex.Lock()
	_, isKnown := n.heard[text]
	if !isKnown {
		n.heard[text] = isHeard
		if us, isPulse := travelled(text); isHeard && isPulse {
			n.us = append(n.us, us)
		}
	}
	n.mutex.Unlock()
	if !isKnown {
		n.queue.QueueBroadcast(message(text))
	}
}

func (n *node) GetBroadcasts(overhead, limit int) [][]byte {
	return n.queue.GetBroadcasts(overhead, limit)
}
func (n *node) LocalState(bool) []byte        { return nil }
func (n *node) MergeRemoteState([]byte, bool) {}

// How many messages came from others, by prefix.
func (n *node) distinct() map[string]int {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	of := map[string]int{}
	for text, isHeard := range n.heard {
		if isHeard {
			of[strings.SplitN(text, " ", 2)[0]]++
		}
	}
	return of
}

// How long a pulse's message has been under way: see tests/interop/pulse.hpp.
func travelled(text string) (int64, bool) {
	words := strings.SplitN(text, " ", 4)
	if len(words) < 4 {
		return 0, false
	}
	sent, err := strconv.ParseInt(words[2], 10, 64)
	return (time.Now().UnixNano() - sent) / 1000, err == nil
}

// Broadcasts on a clock, and answers when the last one is sent.
func (n *node) pulse(c command) {
	due := time.Now().Add(time.Duration(c.PhaseMs) * time.Millisecond)
	for i := 0; i < c.Count; i++ {
		time.Sleep(time.Until(due))
		words := []byte(fmt.Sprintf("%s %d %d ", c.Name, i, time.Now().UnixNano()))
		for len(words) < c.Bytes {
			words = append(words, byte('a'+rand.Intn(26)))
		}
		n.spread(string(words), false)
		due = due.Add(time.Duration(c.EveryMs) * time.Millisecond)
	}
	say(map[string]any{"answer": c.Call})
}

func (n *node) latencies() []int64 {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	us := n.us
	n.us = nil
	return us
}

var output sync.Mutex

func say(line map[string]any) {
	text, _ := json.Marshal(line)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

func main() {
	self := &node{heard: map[string]bool{}}
	config := memberlist.DefaultLANConfig()
	config.Name = fmt.Sprintf("node-%d", os.Getpid())
	config.BindAddr, config.AdvertiseAddr = "127.0.0.1", "127.0.0.1"
	config.BindPort, config.AdvertisePort = 0, 0
	config.Delegate = self
	config.Logger = log.New(io.Discard, "", 0)
	list, err := memberlist.Create(config)
	if err != nil {
		log.Fatal(err)
	}
	self.queue.NumNodes = list.NumMembers
	self.queue.RetransmitMult = config.RetransmitMult

	address := list.LocalNode().Address()
	say(map[string]any{"event": "ready", "id": config.Name, "sockets": []string{address}})
	known := map[string]string{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			log.Fatal(err)
		}
		if c.Verb == "pulse" {
			go self.pulse(c)
			continue
		}
		answer := map[string]any{"answer": c.Call}
		switch c.Verb {
		case "know":
			known[c.ID] = c.Addresses[0]
		case "join":
			for _, peer := range c.Peers {
				if _, err := list.Join([]string{known[peer]}); err != nil {
					answer["error"] = err.Error()
				}
			}
		case "burst":
			for i := 0; i < c.Count; i++ {
				self.spread(fmt.Sprintf("%s %d", c.Prefix, i), false)
			}
		case "latencies":
			answer["us"] = append([]int64{}, self.latencies()...)
		case "tally":
			var members []string
			for _, member := range list.Members() {
				if member.Name != config.Name {
					members = append(members, member.Name)
				}
			}
			answer["neighbors"], answer["distinct"] = members, self.distinct()
		}
		say(answer)
	}
}
