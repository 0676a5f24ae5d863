// Package flow is the hosted flow without HTTP: a link for a customer, the way to the consent of a workspace's owner and
// back, and the install that is saved in the end, with all that is to follow from it.
//
// Everything that lasts is in the database, so that any replica can take any step, and die at it. What a web server has to
// do beyond, such as pages and limits, is no affair of this package; what follows from an install (jobs, webhooks) is
// handed to an [Outbox].
package flow
