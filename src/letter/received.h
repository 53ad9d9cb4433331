/* SPDX-License-Identifier: MIT */
/* received.h: the lines a post office adds to a letter.
 *
 * A daemon puts one Received field on top of each letter it takes (RFC 5321 §4.4), a final delivery a
 * Return-Path above that, and submission a missing Date and Message-ID (RFC 6409 §8). Nothing else is
 * ever added. All lines end in CRLF.
 *
 * Pure; any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *helo;     /* what the peer called itself in HELO or EHLO */
  const char *address;  /* its address, "127.0.0.1" or "::1", without brackets */
  const char *by;       /* this host's name */
  const char *id;       /* the queue's name for the letter */
  const char *for_path; /* the only recipient; NULL if there are several */
  gint64 when;          /* µs since 1970 */
  gboolean esmtp;       /* EHLO was said: "with ESMTP" rather than "SMTP" (RFC 3848) */
  gboolean tls, auth;   /* S and A behind it */
  gboolean utf8;        /* the letter came with SMTPUTF8: "UTF8SMTP" (RFC 6531 §4.3) */
} GpoReceived;

/* Appends the folded field. */
void gpo_received_append (GString *out, const GpoReceived *received);
/* The word behind "with" for such a session; static. */
const char *gpo_received_protocol (const GpoReceived *received);
/* Appends "Return-Path: <...>". */
void gpo_return_path_append (GString *out, const char *reverse_path);
/* How many Received fields a letter's header has: its hops (RFC 5321 §6.3). */
guint gpo_received_count (const char *bytes, gsize length);

/* Appends the Date and Message-ID fields that a submitted letter lacks (RFC 6409 §8.2 and §8.3).
 * `id` and `host` make the Message-ID. Returns how many were appended: 0 to 2. */
guint gpo_submission_append (GString *out, const char *bytes, gsize length, gint64 when, const char *id,
                             const char *host);

G_END_DECLS
