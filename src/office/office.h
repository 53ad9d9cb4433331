/* SPDX-License-Identifier: MIT */
/* office.h: the whole post office at work: every host of a world, its clock, its gate and its trace.
 *
 * An office runs on a thread of its own with its own GMainContext, so that a window can live beside it.
 * Two things may be touched from other threads: the log, through readers, and gpo_office_ask(), which
 * carries an intent to the office's thread and its answer back.
 *
 * What stays true:
 *  - gpo_office_start() returns when every listener listens, or with an error and nothing left behind;
 *  - the trace begins with the world (kind `office`), so that it explains itself;
 *  - gpo_office_stop() lets what is under way finish, says 421 to sessions that wait, and loses nothing.
 *
 * Events of kind `office`, by their field `action`:
 *     start    title, scenario, name (the program and its version)
 *     host     host, name, domain, address, roles ("smtp:11025 submission:11587"), type ("town", "gateway")
 *     person   host, person (the login), name
 *     mx       domain, answer ("10 gateway.example, 20 sparta.example")
 *     route    domain, next-hop, host (if only this host uses it)
 *     up down  host
 *     stop */
#pragma once
#include "office/scenario.h"
#include "roles/session.h"
#include "trace/trace-file.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoOffice GpoOffice;

typedef struct
{
  GpoScenario *scenario; /* taken over by gpo_office_start(), also when it fails */
  const char *store;     /* folder; NULL: a new one in the temporary folder, removed in the end */
  const char *trace;     /* file to record to; NULL: the scenario's, if any */
  gboolean no_trace;     /* records nothing, not even in memory: to measure what tracing costs */
  gboolean no_control;   /* no control socket: for tests */
  guint64 trace_events;  /* events kept in memory; 0: the log's default */
  /* Called, once, when the file cannot be written any more, on a thread of the file's own: the office goes on
   * without it, and a note in memory says so. May be NULL. */
  GpoTraceFileFailed trace_failed;
  gpointer trace_failed_data;
} GpoOfficeConfig;

/* Blocks until the office is open. NULL and *error if it cannot be. */
GpoOffice *gpo_office_start (const GpoOfficeConfig *config, GError **error);
/* Closes the office, waits until it is closed, and frees it. Readers of its log must be gone before. */
void gpo_office_stop (GpoOffice *office);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoOffice, gpo_office_stop)

/* The trace. Readers may be made on any thread. */
GpoLog *gpo_office_log (GpoOffice *office);
/* The world; its plain data does not change, except `down` of hosts. */
const GpoWorld *gpo_office_world (GpoOffice *office);
/* Where this role of the host listens now; 0: nowhere. Any thread, once started. */
guint gpo_office_port (GpoOffice *office, const GpoHost *host, GpoRole role);
/* `text` with every port that the scenario says, as a number of its own, replaced by the one in use: a text
 * written for the usual ports is right in an office that was moved. Any thread, once started. The caller
 * frees. */
char *gpo_office_ports_in_use (GpoOffice *office, const char *text);
/* The world's walls (of GpoScenarioWall), with the ports they have. Any thread, once started. */
const GPtrArray *gpo_office_walls (GpoOffice *office);
/* The store's folder. */
const char *gpo_office_store (GpoOffice *office);
/* What went not as wished while starting and does not keep it from running, a sentence each; NULL-terminated.
 */
const char *const *gpo_office_warnings (GpoOffice *office);

/* --- intents: any thread --- */

/* Asks for something in one line, as over the control socket (docs/scenario.md has the list):
 *
 *     hold on|off      step      release [SESSION]      edit SESSION REPLY
 *     break FILTER     unbreak [NUMBER]                 enable|disable NUMBER
 *     held             drop SESSION                     note EVENT [TEXT]
 *     fault add NAME [at HOST] when FILTER do ACTION [times N]
 *     fault remove NAME  fault clear [HOST]  fault list
 *     host up|down NAME          hosts
 *     clock speed X    clock skip [TIME]                clock
 *     lab NAME start VERSION [PERSON]    lab NAME step N    lab NAME hint CHECK    lab NAME answer CHECK TEXT
 *     queue list [HOST]          queue hold|release|retry|remove [ID]
 *     stop
 *
 * The answer is JSON, an object a line, perhaps none. NULL and *error (G_IO_ERROR_INVALID_ARGUMENT) if it
 * was not understood or cannot be done. Blocks until it is done: not on the office's own thread. */
char *gpo_office_ask (GpoOffice *office, const char *intent, GError **error);
/* The same without waiting. `done` (may be NULL) is called on the caller's thread-default context. */
void gpo_office_tell (GpoOffice *office, const char *intent,
                      void (*done) (char *answer, const GError *error, gpointer data), gpointer data);

/* Hands a letter in at a host, as a local program does: no session, no password. `bytes` in CRLF form.
 * Blocks until it is durable. Returns its number, or 0 and *error. */
guint32 gpo_office_send (GpoOffice *office, const char *host, const char *reverse_path,
                         const char *const *forward_paths, GBytes *bytes, GError **error);
/* Called, once, when somebody asked the office to stop (over the control socket): on the office's
 * thread. The owner then calls gpo_office_stop() on its own. */
void gpo_office_set_stop_asked (GpoOffice *office, void (*asked) (gpointer), gpointer data);

G_END_DECLS
