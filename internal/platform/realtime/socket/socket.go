package socket

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/net/websocket"

	"ruche/internal/platform/clock"
)

// Reply is what the server sends: an answer to a command, or a push.
type Reply struct {
	ID    int `json:"id"`
	Error *struct {
		Code int `json:"code"`
	} `json:"error"`
	Subscribe *struct {
		Recovered bool            `json:"recovered"`
		Epoch     string          `json:"epoch"`
		Offset    uint64          `json:"offset"`
		Data      json.RawMessage `json:"data"`
	} `json:"subscribe"`
	Push *struct {
		Channel string `json:"channel"`
		Pub     *struct {
			Data   json.RawMessage `json:"data"`
			Offset uint64          `json:"offset"`
		} `json:"pub"`
		Unsubscribe *struct {
			Code int `json:"code"`
		} `json:"unsubscribe"`
		Disconnect *struct {
			Code int `json:"code"`
		} `json:"disconnect"`
	} `json:"push"`
}

// Conn is a connection. It is for one goroutine.
type Conn struct {
	ws    *websocket.Conn
	next  int
	ready []Reply
	// Heard is all that was received, as it came.
	Heard strings.Builder
}

// Dial connects to a ws:// address as a page of the origin, with the cookie
// header.
func Dial(address, origin, cookie string) (*Conn, error) {
	config, err := websocket.NewConfig(address, origin)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	config.Header.Set("Cookie", cookie)
	ws, err := websocket.DialConfig(config)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	c := &Conn{ws: ws}
	if _, err := c.ask(`"connect":{}`); err != nil {
		_ = ws.Close()
		return nil, err
	}
	return c, nil
}

// Close ends the connection.
func (c *Conn) Close() { _ = c.ws.Close() }

// Subscribe asks to listen to a channel.
func (c *Conn) Subscribe(channel string) (Reply, error) {
	return c.ask(fmt.Sprintf(`"subscribe":{"channel":%q}`, channel))
}

// Recover asks to listen again from a position that was told before.
func (c *Conn) Recover(channel, epoch string, offset uint64) (Reply, error) {
	return c.ask(fmt.Sprintf(`"subscribe":{"channel":%q,"recover":true,"epoch":%q,"offset":%d}`, channel, epoch, offset))
}

func (c *Conn) ask(command string) (Reply, error) {
	c.next++
	if err := websocket.Message.Send(c.ws, fmt.Sprintf(`{"id":%d,%s}`, c.next, command)); err != nil {
		return Reply{}, fmt.Errorf("socket: %w", err)
	}
	var early []Reply
	for {
		r, err := c.Next(10 * time.Second)
		if err != nil {
			return r, err
		}
		if r.ID == c.next {
			c.ready = append(early, c.ready...)
			return r, nil
		}
		early = append(early, r)
	}
}

// Next returns the next reply, io.EOF once the server has closed, and an error
// after the time.
func (c *Conn) Next(wait time.Duration) (Reply, error) {
	if err := c.ws.SetReadDeadline(clock.System().Now().Add(wait)); err != nil {
		return Reply{}, fmt.Errorf("socket: %w", err)
	}
	for len(c.ready) == 0 {
		var frame string
		if err := websocket.Message.Receive(c.ws, &frame); err != nil {
			return Reply{}, err
		}
		c.Heard.WriteString(frame)
		for line := range strings.SplitSeq(strings.TrimSpace(frame), "\n") {
			if line == "{}" { // a ping
				if err := websocket.Message.Send(c.ws, "{}"); err != nil {
					return Reply{}, fmt.Errorf("socket: %w", err)
				}
				continue
			}
			var r Reply
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				return Reply{}, fmt.Errorf("socket: %w", err)
			}
			c.ready = append(c.ready, r)
		}
	}
	r := c.ready[0]
	c.ready = c.ready[1:]
	return r, nil
}
