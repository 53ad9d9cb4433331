/* SPDX-License-Identifier: MIT */
/* typed-call.h: a call whose lines a person types: the terminal's connection, made by the office, so that the
 * trace tells who called and all that was said.
 *
 * What stays true:
 *  - a call to a counter of this world is recorded by the server's end, as any client's is; its `connect`
 *    names who typed;
 *  - a call to anybody else is recorded at this end, by the observer (replay/observer.h): lines, states,
 *    letters, as a proxy would have;
 *  - every byte goes as it was typed, and comes back as it was heard;
 *  - where no office works (a recorded trace is shown), the call is made all the same, and recorded nowhere.
 *
 *     caller's thread                  office's thread
 *     send, secure, free  ───────────  connection ─ observer ─ log
 *     connected, received …  ◀─────────────┘
 *
 * Made, used and freed on one thread, whose thread-default context must run; callbacks come there, and none
 * after gpo_typed_call_free(). */
#pragma once
#include "office/office.h"

G_BEGIN_DECLS

typedef struct GpoTypedCall GpoTypedCall;

typedef struct
{
  void (*connected) (const char *address, guint16 port, gpointer data);
  void (*received) (const char *bytes, gsize n, gpointer data);
  /* problem NULL: encrypted, as `description` says; `doubt` (may be NULL): why it is not sure with whom. */
  void (*secured) (const char *problem, const char *description, const char *doubt, gpointer data);
  /* The last callback: it was ended by the peer, or could not be made. */
  void (*closed) (const char *why, gpointer data);
} GpoTypedCallUser;

typedef struct
{
  const char *who;     /* the name in the trace */
  const char *address; /* a name, or numeric */
  guint16 port;
  GpoProtocol protocol;
  const char *server_name; /* whom the certificate should name */
  gboolean tls;            /* from the first byte on */
} GpoTypedCallOptions;

/* Calls. office NULL: nothing is recorded; else it must outlive the call. `user` is static. */
GpoTypedCall *gpo_typed_call_new (GpoOffice *office, const GpoTypedCallOptions *options,
                                  const GpoTypedCallUser *user, gpointer data);
/* Sends a copy; ignored once the call is over. */
void gpo_typed_call_send (GpoTypedCall *call, const char *bytes, gsize n);
/* Begins TLS: the server has agreed to it. */
void gpo_typed_call_secure (GpoTypedCall *call);
/* Hangs up without goodbye, if the call still stands. */
void gpo_typed_call_free (GpoTypedCall *call);

G_END_DECLS
