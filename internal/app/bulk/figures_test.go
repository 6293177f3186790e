package bulk_test

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"ruche/internal/app"
	"ruche/internal/app/bulk"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// measure is one thing that is timed, so many times.
type measure struct {
	name    string
	samples int
	// sqlite and postgres are the most that the 99th percentile may be, in
	// milliseconds, as the design of the right measured it, or as a first screen may
	// take; 0 where nothing says.
	sqlite, postgres float64
	do               func(ctx context.Context, i int) error
}

// rounds is how often the whole table is gone through. What else a shared machine
// does only ever adds to a time, and comes in bursts: a burst that falls on one round
// of a measure leaves the others alone.
const rounds = 5

// BenchmarkRights times what the right costs on the big world (or a hundredth of it,
// with RUCHE_BENCH_SIZE=small), and the first screens of its largest pages, in milliseconds: the median and the 99th percentile
// of all samples, and the 99th percentile of the quietest round, beside what it may
// be. Run it with -benchtime 1x.
func BenchmarkRights(b *testing.B) {
	app.CollectLess(os.LookupEnv) // as a server does
	size := bulk.Big()
	if os.Getenv("RUCHE_BENCH_SIZE") == "small" {
		size = bulk.Hundredth()
	}
	blank := whole(b, &db.DB{})
	config := testkit.DBConfig(b, blank.Sets()...)
	config.CheckSQL, config.Unsafe = false, false // as a server has it
	d := testkit.Open(b, config)
	began := time.Now()
	world, err := bulk.Load(b.Context(), d, bulk.Options{Size: size, Service: posts(b, blank), Seed: 1, Now: now()})
	if err != nil {
		b.Fatal(err)
	}
	// As a server that starts: connections that were open plan as if nothing was loaded.
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	d = testkit.Open(b, config)
	b.Logf("%s: a world of %d items in %s", d.Engine(), size.Items, time.Since(began).Round(time.Second))
	all := append(measures(d, world, size), screens(b, d, world)...)
	took := make([][][]float64, len(all)) // measure, round, sample
	for round := range rounds {
		for i, m := range all {
			if round == 0 || m.samples >= 100 {
				took[i] = append(took[i], sample(b, m))
			}
		}
	}
	for i, m := range all {
		b.Run(m.name, func(b *testing.B) {
			for range b.N {
				report(b, d.Engine(), m, took[i])
			}
		})
	}
}

// sample times one round of a measure and returns its times in order.
func sample(b *testing.B, m measure) []float64 {
	b.Helper()
	took := make([]float64, 0, m.samples)
	for i := range m.samples + 3 {
		at := time.Now()
		if err := m.do(b.Context(), i); err != nil {
			b.Fatal(err)
		}
		if i >= min(3, m.samples-1) { // the first ones warm up
			took = append(took, float64(time.Since(at).Microseconds())/1000)
		}
	}
	slices.Sort(took)
	return took
}

func report(b *testing.B, engine db.Engine, m measure, took [][]float64) {
	b.Helper()
	p99 := func(sorted []float64) float64 { return sorted[min(len(sorted)-1, len(sorted)*99/100)] }
	quietest := p99(slices.MinFunc(took, func(x, y []float64) int { return cmp.Compare(p99(x), p99(y)) }))
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	most := m.sqlite
	if engine == db.Postgres {
		most = m.postgres
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(all[len(all)/2], "p50-ms")
	b.ReportMetric(p99(all), "p99-ms")
	b.ReportMetric(quietest, "p99-quietest-ms")
	b.ReportMetric(most, "may-be-ms")
}

func measures(d *db.DB, w bulk.World, s bulk.Size) []measure {
	few, many, most, lead := w.Few.Actor(id.ID{}), w.Many.Actor(id.ID{}), w.Most.Actor(id.ID{}), w.Lead.Actor(id.ID{})
	read := func(f func(ctx context.Context, tx *db.Tx) error) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error {
			return d.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) })
		}
	}
	page := func(a actor.Actor, at *content.Cursor) func(context.Context, int) error {
		return read(func(ctx context.Context, tx *db.Tx) error {
			_, next, err := content.Feed(ctx, tx, a, *at, 30)
			if next == nil && s.Items > 100_000 {
				return errors.New("the feed ends")
			}
			return err
		})
	}
	feed := func(a actor.Actor) func(context.Context, int) error { return page(a, &content.Cursor{}) }
	// The fourth page begins where the third one ends.
	fourth := &content.Cursor{}
	turn := sync.OnceValue(func() error {
		return d.Read(context.Background(), func(tx *db.Tx) error {
			for range 3 {
				_, next, err := content.Feed(context.Background(), tx, many, *fourth, 30)
				if err != nil || next == nil {
					return err
				}
				*fourth = *next
			}
			return nil
		})
	})
	unread := func(a actor.Actor, days int) func(context.Context, int) error {
		return read(func(ctx context.Context, tx *db.Tx) error {
			_, err := content.Unread(ctx, tx, a, now().AddDate(0, 0, -days))
			return err
		})
	}
	return append([]measure{
		{"one item", 300, 2.1, 3.7, read(func(ctx context.Context, tx *db.Tx) error { _, err := content.ByID(ctx, tx, many, w.Plain); return err })},
		{"latest of one space", 300, 7.9, 3.4, read(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := content.Latest(ctx, tx, many, w.Big, w.Service, content.Cursor{}, 30)
			return err
		})},
		{"feed of 5 spaces, external", 300, 10.2, 6.0, feed(few)}, {"feed of 200 spaces", 300, 16.3, 11.5, feed(many)}, {"feed of 2000 spaces", 300, 11.6, 10.8, feed(most)},
		{"feed of 200 spaces, the fourth page", 300, 44, 38, func(ctx context.Context, i int) error {
			if err := turn(); err != nil {
				return err
			}
			return page(many, fourth)(ctx, i)
		}},
		{"unread in 7 days, 200 spaces", 300, 1.0, 1.1, unread(many, 7)}, {"unread in 7 days, 2000 spaces", 300, 0.7, 0.8, unread(most, 7)},
		{"unread in 90 days, 2000 spaces", 300, 4.0, 2.3, unread(most, 90)},
		{"folder of 7000, a page of 200", 300, 6.3, 2.8, read(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := content.Children(ctx, tx, many, w.Folder, content.ChildCursor{}, 200)
			return err
		})},
		{"who reads, 200 members", 300, 1.5, 3.2, read(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := access.Who(ctx, tx, w.Plain, now(), id.ID{})
			return err
		})},
		{"who reads, count of 10000", 100, 52, 53, read(func(ctx context.Context, tx *db.Tx) error {
			_, _, _, err := access.CountReaders(ctx, tx, w.Plain, now())
			return err
		})},
		{"why one reads", 300, 0.4, 2.1, read(func(ctx context.Context, tx *db.Tx) error {
			_, err := access.Why(ctx, tx, w.Restricted, w.Many.ID)
			return err
		})},
		{"names completed, in a space of 10000", 300, 9.5, 9.6, read(func(ctx context.Context, tx *db.Tx) error {
			_, err := mention.Complete(ctx, tx, lead, mention.Place{Space: w.Big, Service: w.Service}, "cam", now())
			return err
		})},
	}, changes(d, w)...)
}

// changes are the writes. Each leaves the world as it was, or nearly.
func changes(d *db.DB, w bulk.World) []measure {
	in := func(sp id.ID, f func(ctx context.Context, tx *db.Tx, i int) error) func(context.Context, int) error {
		return func(ctx context.Context, i int) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				if _, err := space.Lock(ctx, tx, sp); err != nil {
					return err
				}
				return f(ctx, tx, i)
			})
		}
	}
	return []measure{
		{"member in and out, space of 5000", 200, 0, 0, in(w.Mid, func(ctx context.Context, tx *db.Tx, i int) error {
			if i%2 == 0 {
				_, err := space.Join(ctx, tx, w.Mid, w.Few.ID, space.Reader, now())
				if err != nil {
					return err
				}
				return access.Changed(ctx, tx, w.Mid)
			}
			return access.Leave(ctx, tx, w.Mid, w.Few.ID)
		})},
		{"level of a service, space of 10000", 200, 0, 0, in(w.Big, func(ctx context.Context, tx *db.Tx, i int) error {
			level := access.Comment
			if i%2 == 0 {
				level = access.None
			}
			if err := space.SetService(ctx, tx, w.Big, w.Service, 1, int(access.Read), int(level), int(access.Contribute)); err != nil {
				return err
			}
			return access.Derive(ctx, tx, w.Big)
		})},
		{"narrow and open a tree of 50000", 4, 1468, 3765, in(w.Big, func(ctx context.Context, tx *db.Tx, i int) error {
			it, err := content.ForProgram(ctx, tx, w.Tree)
			if err != nil {
				return err
			}
			if i%2 == 0 {
				_, err = content.Restrict(ctx, tx, it, []access.Entry{{Account: w.Many.ID}})
			} else {
				_, err = content.Open(ctx, tx, it)
			}
			return err
		})},
	}
}
