// Package internal is the house of Journeyloop. This comment is its picture; floors_test.go holds the same list and fails
// when a package reaches up or sideways, or when a library leaves its room.
//
//	roof     cmd/journeyloop     one binary, a file per verb
//	attic    app                 the only place where everything meets; demo/player plays the believable company of demo;
//	                           bench/served how fast the whole server is
//	doors    server              echo, middleware, route table, errors → pages
//	           staff respond api   rooms with no door between them; jobs beside them
//	hall     server/reply        how to answer     deliver   mail, SMS, webhooks out     workshop  does the tasks
//	walls    templates/*         faces, on templates/chart and ui   store   the only room with SQL
//	           bench               how fast, against its own limit and the naive way; who starts it opens the doors it measures
//	           templates/faces     every component with sample data, for those who work on it
//	reading  intake              many small writes become few large ones
//	         insight notify auth ingest demo   privacy  who is forgotten, and everywhere
//	living   coaching            what a team, and an employee with her supervisor, learn from what customers say
//	         casework            inner loop: one customer being won back; outreach beside it: customers called unasked
//	         praise              good words beyond the one they are for
//	         feedback            responses, ratings, whom they concern; observation beside it: what customers tell employees
//	         survey              question sets, invitations, whom we may ask
//	         run                 one customer's walk
//	         journey             journeys, touchpoints, owners, leader
//	         task                long work somebody asked for and may watch
//	         people              employees, teams, Actor, Scope
//	         event               the ledger
//	ground   fault i18n page stat config id recall   know nothing about us
//	shelves  migrations (SQL)    web (css, js, fonts)   embedded files only
//
// Beside the house stand testkit and the packages named …test: only tests reach them.
//
// Imports only go down; on the living floor a package imports only those below it. What must travel up goes through the
// ledger and a job: run.completed becomes an invitation.
//
// # How a rating travels
//
// An interaction comes in (ingest.Record, from a file or the API; store.Take) and joins a run; employee and team are
// copied onto it. The run ends (run.Service, or its last mandatory step). survey.Service plans an invitation or says why
// not, and delivers it. The answer waits in intake for the commit under way and goes into the next, with those that came
// meanwhile: feedback.Service.AnswerAll lets feedback.Compose make each into a response with ratings, attributions and
// notices, and writes them in one transaction with their ledger lines and, in the outbox, what they change in the figures
// (feedback.Sums: their deltas, added up). store.Fold adds the sums to the marginals, of days and of months; each node keeps
// those of days in memory (insight.Cube), as of their latest version: it adds what each fold has left for it. insight turns
// them into figures; pages show them, live. Pages that were made are kept (server.remembering), and what they were made of
// (recall), until something changes that they were found in: every statement of a page notes which areas of the data it names
// (store/areas.go), and whatever a page may show is written by store.write, which moves the version of the data and of the
// areas it changed.
//
// # Glossary
//
// employee: a person who works here. user: a sign-in. team: a node of the organisation tree with one supervisor.
// touchpoint: a place where the company meets customers; judged as person, process or both. journey: one customer need
// with stages and steps, in versions. run: one customer's walk along a journey. interaction: one contact on a run.
// promise: what an interaction promised and when it was kept. week: on which days a company works; business time is the
// time of those days. absence: days on which an employee is away, and who stands in. survey, invitation, response, rating:
// asking and answering.
// attribution: whom a rating concerns and why. feedback: an answer as one audience sees it (a notice). observation: a wish,
// complaint or praise a customer told an employee, written down by the employee; theme: those that say the same. case: a customer
// being won back. list: customers whom a team calls unasked; hold-out: those whom the lot keeps off it, to compare with.
// huddle: the short meeting of a team; try: the one thing it tries until the next. sheet: what an employee and her supervisor
// prepare their next talk with; nobody else reads it. figure: an aggregate with n, interval and level. marginal: additive
// counts that figures are made from.
// driver statistics: sums and products of what was said of a journey and of its touchpoints, per day; what explains the
// journey's score, and what to fix first, is worked out from them. promise days: the promises made at a touchpoint on a day,
// by what came of them and how they were rated beside; the promise desk is worked out from them. pass: a run's first contact
// at a touchpoint, counted on its day. signal: a touchpoint whose ratings have left the range of its own first weeks, and
// since when. measures: what managers ask that no marginal holds, counted on a bounded number of runs. event: a line in the
// ledger. delta: one answer counted (+1) or taken back (−1). outbox: what committed changes still have to cause. task: long
// work that somebody asked for, with progress and a report. notification: what one person is told of one event; letter: the
// mail that tells her of many.
package internal
