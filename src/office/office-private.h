/* SPDX-License-Identifier: MIT */
/* office-private.h: what the files of the office share.
 *
 *     office.c          its life: the thread
 *     office-opening.c  all that is there before the first connection
 *     office-closing.c  the end, in an order that loses nothing
 *     office-hosts.c    posts and listeners
 *     office-walls.c    proxies that the scenario asks for
 *     office-trace.c    the trace file
 *     office-letters.c  letters handed in
 *     office-mailboxes.c  what lies there from before
 *     intents.c         what people ask for
 *     control.c         who may ask from another process */
#pragma once
#include "office/control-socket.h"
#include "office/gate.h"
#include "office/office.h"
#include "office/typed-call.h"
#include "roles/post.h"
#include "trace/trace-file.h"

G_BEGIN_DECLS

struct GpoOffice
{
  GpoOfficeParts parts;
  GpoScenario *scenario;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  GpoTraceFile *trace;
  GpoControl *control;
  GPtrArray *counters; /* of Counter: office-hosts.c */
  GPtrArray *typed_calls; /* of GpoTypedCall: those under way (typed-call.h) */
  GPtrArray *walls;    /* of GpoProxy: office-walls.c */
  GPtrArray *warnings; /* of char *, NULL-terminated once started */
  char *store_path;
  gboolean temporary, fresh;     /* fresh: the store was opened for the first time */
  const GpoOfficeConfig *config; /* while starting */
  guint gateways_running;
  gboolean closing, controls_told;
  GSource *deadline, *tls_later, *look_later;
  GpoTraceFileFailed trace_failed;
  gpointer trace_failed_data;
  void (*stop_asked) (gpointer);
  gpointer stop_asked_data;

  GMutex lock;
  GCond cond;
  gboolean started; /* under lock: setting up is over, well or not */
  GError *error;    /* why it did not go well */
};

/* --- office-hosts.c: all on the office's thread --- */

/* Makes every post with its folders, and opens every listener of hosts that are up. */
gboolean gpo_office_open_hosts (GpoOffice *office, GError **error);
GPtrArray *gpo_office_counters_new (void);
/* Makes or loads the hosts' certificates on workers. */
void gpo_office_load_tls (GpoOffice *office);
/* Nobody new is let in. */
void gpo_office_close_listeners (GpoOffice *office);
void gpo_office_free_hosts (GpoOffice *office);
/* Takes a host down or up. FALSE and *error if a port is taken meanwhile. */
gboolean gpo_office_set_down (GpoOffice *office, GpoPost *post, gboolean down, GError **error);
/* The post of a host by name or domain, or NULL. */
GpoPost *gpo_office_post (GpoOffice *office, const char *name);
/* Begins an event of kind `office` (or another) that belongs to no session. */
void gpo_office_event (GpoOffice *office, GpoEventBuilder *b, GpoKind kind, const char *action);
/* Records the world: hosts, people, zone, routes. */
void gpo_office_describe (GpoOffice *office);
void gpo_office_note (GpoOffice *office, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* --- typed-call.c --- */

/* Ends a call that is under way; its user is told why. On the office's thread. */
void gpo_typed_call_cut (GpoTypedCall *call, const char *why);

/* --- office-walls.c: on the office's thread --- */

/* Opens the scenario's walls. FALSE and *error if a port cannot be had. */
gboolean gpo_office_open_walls (GpoOffice *office, GError **error);
/* Closes them, and cuts what passes through. */
void gpo_office_close_walls (GpoOffice *office);
/* Records them. */
void gpo_office_describe_walls (GpoOffice *office);

/* --- office-trace.c --- */

/* Begins the file that the configuration or the scenario asks for. FALSE and *error if it cannot be made. */
gboolean gpo_office_open_trace (GpoOffice *office, GError **error);

/* --- office-letters.c --- */

/* Puts the scenario's letters where they belong; only in a fresh store. */
gboolean gpo_office_place_letters (GpoOffice *office, GError **error);

/* --- office-mailboxes.c --- */

/* Has the trace told, soon, what lies in each mailbox that is not empty; in a store that was used before. */
void gpo_office_count_mailboxes (GpoOffice *office);

/* --- intents.c --- */

/* Carries out an intent on the office's thread. */
char *gpo_office_carry_out (GpoOffice *office, const char *intent, GError **error);

/* --- intent-lab.c --- */

/* Notes what a student does in a lab: "NAME start 1 Alice", "NAME answer CHECK TEXT" … */
gboolean gpo_office_note_lab (GpoOffice *office, const char *words, GError **error);

/* --- office-opening.c, office-closing.c --- */

/* Sets all up. On FALSE and *error some of it is there, for gpo_office_tear_down(). */
gboolean gpo_office_open (GpoOffice *office, GError **error);
/* A GSourceFunc: begins to close. The loop ends when all is quiet. */
gboolean gpo_office_begin_to_close (gpointer office);
/* Takes down whatever was set up. */
void gpo_office_tear_down (GpoOffice *office);
/* Looks whether closing is done. */
void gpo_office_check_quiet (GpoOffice *office);

G_END_DECLS
