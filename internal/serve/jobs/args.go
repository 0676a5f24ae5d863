package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The kinds of jobs.
const (
	kindEnable  = "enable"
	kindRefresh = "refresh"
	kindCheck   = "check"
	kindWebhook = "webhook"
	kindResume  = "resume"
	kindTidy    = "tidy"
)

// The arguments of the jobs. There is one job at a time for the same arguments.
type (
	enableArgs struct {
		Install string `json:"install"`
	}
	refreshArgs struct {
		Install string `json:"install"`
	}
	checkArgs struct {
		Install string `json:"install"`
	}
	webhookArgs struct {
		Event string `json:"event"`
	}
	resumeArgs struct {
		Flow []byte `json:"flow"`
	}
	tidyArgs struct{}
)

func (enableArgs) Kind() string  { return kindEnable }
func (refreshArgs) Kind() string { return kindRefresh }
func (checkArgs) Kind() string   { return kindCheck }
func (webhookArgs) Kind() string { return kindWebhook }
func (resumeArgs) Kind() string  { return kindResume }
func (tidyArgs) Kind() string    { return kindTidy }

// about says what a job is about, for the log: an install or an event. The flow is left out, for nobody knows it by name.
func about(args river.JobArgs) string {
	switch a := args.(type) {
	case enableArgs:
		return a.Install
	case refreshArgs:
		return a.Install
	case checkArgs:
		return a.Install
	case webhookArgs:
		return a.Event
	}
	return ""
}

// class is what shares a queue, and with that its workers: what waits for one server does not hold up what waits for
// another.
type class string

const (
	classTokens   class = "tokens"   // refresh
	classChecks   class = "checks"   // check
	classFlows    class = "flows"    // enable and resume: somebody waits for them; and tidy
	classWebhooks class = "webhooks" // webhook: the partner's server
)

// workers returns how many jobs of each class are worked on at once by one replica.
func workers() map[class]int {
	return map[class]int{classTokens: 16, classChecks: 16, classFlows: 16, classWebhooks: 16}
}

func classOf(kind string) class {
	switch kind {
	case kindRefresh:
		return classTokens
	case kindCheck:
		return classChecks
	case kindWebhook:
		return classWebhooks
	}
	return classFlows
}

// queue names the queue of a class. Profiles that share a database have queues of their own, by a hash: their names may be
// anything.
func queue(profile string, c class) string {
	sum := sha256.Sum256([]byte(profile))
	return "p" + hex.EncodeToString(sum[:6]) + "-" + string(c)
}

// maxAttempts is the most that River can count. Failures do not count as attempts here, but jobs whose replica was killed
// do: none of them may be the last.
const maxAttempts = 32767

// insertion returns how jobs of a kind are inserted, to run after a while.
func (j *Jobs) insertion(kind string, after time.Duration) *river.InsertOpts {
	var at time.Time // zero: at once. Any other has to wait for River's scheduler, which comes by every five seconds
	if after > 0 {
		at = j.riverTime().Add(after)
	}
	return &river.InsertOpts{
		Queue:       queue(j.o.Store.Profile(), classOf(kind)),
		MaxAttempts: maxAttempts,
		ScheduledAt: at,
		UniqueOpts: river.UniqueOpts{
			ByArgs: true, ByQueue: true,
			// One that was cancelled or discarded by hand does not stand in the way of another.
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
				rivertype.JobStateRunning, rivertype.JobStateScheduled,
			},
		},
	}
}

// riverTime is the time by which River works: it knows no other clock than this machine's.
func (j *Jobs) riverTime() time.Time { return time.Now() }
