/* SPDX-License-Identifier: MIT */
/* proxy-private.h: what proxy.c (connections) and proxy-gate.c (lines at a gate) share. */
#pragma once
#include "office/proxy.h"
#include "replay/observer.h"
#include "wire/connection.h"
#include "wire/listener.h"

G_BEGIN_DECLS

struct GpoProxy
{
  GpoLog *log;
  GpoListener *listener;
  GpoObserver *observer;
  GpoGate *gate;
  char *to_address, *host_name;
  guint16 to_port;
  GpoProtocol protocol;
  GHashTable *relays; /* of GpoRelay, as a set */
  guint32 sessions;
  guint32 (*next_session) (gpointer data);
  gpointer data;
};

/* One connection of each side. */
typedef struct
{
  GpoSession session; /* the gate's view of it; its input is the client's, its output goes to the client */
  GpoProxy *proxy;
  GpoConnection *client, *server; /* NULL once gone */
  GpoObserved *observed;          /* NULL while it is not known what is spoken, or if it is nothing we know */
  gboolean decided, connected, over, client_ended, pumping;
  GString *from_server; /* with a gate: what is not passed on yet */
  gboolean asked;       /* the line at hand was recorded, and the gate has it */
  gboolean awaiting;    /* a command was passed on and is not answered */
  gboolean swallow;     /* octets of a refused command are not passed on */
} GpoRelay;

/* --- proxy-gate.c --- */

/* Prepares the session. Later gpo_session_free() frees the relay. */
void gpo_relay_init_session (GpoRelay *relay, void (*free_relay) (GpoSession *session));
/* Bytes of either side, with a gate. */
void gpo_relay_from_client (GpoRelay *relay, const char *bytes, gsize n);
void gpo_relay_from_server (GpoRelay *relay, const char *bytes, gsize n);
/* Passes on what may go. */
void gpo_relay_pump (GpoRelay *relay);

G_END_DECLS
