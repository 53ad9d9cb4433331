/* SPDX-License-Identifier: MIT */
/* bounce.h: telling the sender what became of a letter: a DSN.
 *
 * A delivery status notification is a letter of type multipart/report (RFC 6522 §3) in three parts: words
 * for people, message/delivery-status for programs (RFC 3464 §2), and the letter or its header. Its
 * reverse-path is null, so that nobody ever answers it (RFC 5321 §4.5.5). When one is due is said by
 * NOTIFY and RET of RFC 3461 §4.
 *
 * Pure. Any thread. */
#pragma once
#include "letter/envelope.h"

G_BEGIN_DECLS

typedef enum
{
  GPO_BOUNCE_FAILED,    /* given up, or refused for good */
  GPO_BOUNCE_DELAYED,   /* still trying */
  GPO_BOUNCE_DELIVERED, /* in the mailbox; only where NOTIFY=SUCCESS asked for it */
  GPO_BOUNCE_RELAYED,   /* as far as we can see: the next hop offers no DSN; only with NOTIFY=SUCCESS */
  GPO_BOUNCE_EXPANDED   /* on its way to the several behind an alias; only with NOTIFY=SUCCESS */
} GpoBounceKind;

/* The recipients that a report of this kind is due for, as indices (guint). Empty if none, and always
 * for the null reverse-path: never a bounce of a bounce. Recipients marked `reported` (final states) or
 * `warned` (delays) are left out; whoever sends the report sets the mark.
 * Ask for GPO_BOUNCE_RELAYED only when the next hop did not offer DSN. The caller frees (g_array_unref). */
GArray *gpo_bounce_wanted (const GpoEnvelope *envelope, GpoBounceKind kind);

typedef struct
{
  GpoBounceKind kind;
  const char *host;            /* the reporting host */
  const char *id;              /* makes the report's Message-ID and boundary: the queue's name for it */
  gint64 now;                  /* µs since 1970 */
  gint64 give_up;              /* delays: when we stop trying, µs since 1970; 0: not said */
  const GpoEnvelope *envelope; /* of the letter it is about */
  const GArray *recipients;    /* indices, from gpo_bounce_wanted() */
  const char *letter;          /* the letter's bytes */
  gsize length;
} GpoBounce;

/* Writes the report. Returns its bytes (CRLF) and in *envelope (not NULL) a new envelope with the null
 * reverse-path and the sender as its recipient. Its body is 7BIT unless what it returns is 8-bit
 * (8BITMIME) or in UTF-8 (SMTPUTF8, RFC 6533 §3). The caller owns both. */
GBytes *gpo_bounce_write (const GpoBounce *bounce, GpoEnvelope **envelope);

G_END_DECLS
