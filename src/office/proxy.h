/* SPDX-License-Identifier: MIT */
/* proxy.h: stands between any client and any server of SMTP, IMAP or POP3, passes on what they say, and makes
 * the trace of it that a server of ours would make (replay/observer.h). With a gate, lines are held and
 * faults act on them as in an office (gate.h).
 *
 * What stays true:
 *  - without a gate every byte is passed on as it came, known or not, as fast as both sides take it;
 *  - with a gate a command is passed on when the one before it is answered, so a reply always belongs to the
 * line before it, and the trace shows what the client heard; replies end in CRLF;
 *  - what is encrypted passes untouched and is marked as opaque;
 *  - when one side goes, what it had said is still passed on, and then the other side is closed.
 *
 * A reply put in the place of the server's answer to a letter's end ends the connection, because the letter
 * cannot be called back. Belongs to the thread whose GMainContext was the thread-default one when it was
 * made. */
#pragma once
#include "office/gate.h"

G_BEGIN_DECLS

typedef struct GpoProxy GpoProxy;

typedef struct
{
  const char *listen_address; /* numeric */
  guint16 listen_port;        /* 0: the kernel chooses */
  const char *to_address;     /* a name or an address */
  guint16 to_port;
  GpoProtocol protocol; /* NONE: by the port, or the first bytes */
  GpoGate *gate;        /* NULL: nothing is held; else it outlives the proxy */
  const char *name;     /* the server's host in the trace; NULL: its address */
  /* Numbers that are shared with others who write to the log. NULL: the proxy counts from 1 on. */
  guint32 (*next_session) (gpointer data);
  guint32 (*next_letter) (gpointer data);
  gpointer data;
} GpoProxyOptions;

/* Listens. `log` outlives it. NULL and *error if the port cannot be had. */
GpoProxy *gpo_proxy_new (GpoLog *log, const GpoProxyOptions *options, GError **error);
/* Cuts what is open. */
void gpo_proxy_free (GpoProxy *proxy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoProxy, gpo_proxy_free)
guint16 gpo_proxy_port (const GpoProxy *proxy);

G_END_DECLS
