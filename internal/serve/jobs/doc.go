// Package jobs does the work of the hosted flow that no request waits for: it enables destinations, keeps tokens alive, looks
// how destinations are, sends webhooks, and brings flows to their end that were left half-way.
//
// Each install has one job of a kind at a time, which schedules itself anew: nothing scans the installs to find out what is
// due. The jobs are River's, in a schema of their own beside the tables of segctl, so that neither another program's River
// nor its version matters. Any number of replicas may work on them, and any of them may die at any step.
//
// No job holds a secret: its arguments are names, and what it needs is read when it runs.
package jobs
