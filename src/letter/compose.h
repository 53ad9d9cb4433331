/* SPDX-License-Identifier: MIT */
/* compose.h: writing a letter: RFC 5322 §3.6, with MIME (RFC 2045, RFC 2047, RFC 2231) or as before it, with
 * uuencode.
 *
 * What a writer has in mind becomes bytes in CRLF form, and an envelope: the recipients of To, Cc and Bcc.
 * Bcc is in the envelope only; no copy of the letter names them (RFC 5322 §3.6.3).
 *
 * Pure: the time and the message's own name are given. Any thread. */
#pragma once
#include "letter/summary.h"

G_BEGIN_DECLS

/* Everything is UTF-8 and owned. Zeroed, a draft is empty. */
typedef struct
{
  char *from;          /* "Alice <alice@athens.example>" */
  char *to, *cc, *bcc; /* addresses with commas between; NULL or "": none */
  char *subject;
  char *text;             /* LF line ends */
  char *in_reply_to;      /* "<…>": the letter that is answered; NULL: none */
  char *references;       /* its ancestors and itself, with spaces between */
  GPtrArray *attachments; /* of GpoAttachment; NULL: none */
  gboolean uuencode;      /* attachments the old way: as text between "begin" and "end" */
} GpoDraft;

void gpo_draft_clear (GpoDraft *draft);
/* Adds a file; bytes are referenced, `type` ("image/png") is copied. */
void gpo_draft_attach (GpoDraft *draft, const char *name, const char *type, GBytes *bytes);

/* The letter's bytes. when: µs since 1970. id: what makes the Message-ID and the boundary unique, `host`:
 * behind its "@". The caller unrefs. */
GBytes *gpo_draft_compose (const GpoDraft *draft, gint64 when, const char *id, const char *host);

/* The addresses of To, Cc and Bcc, each once: NULL-terminated, the caller frees. NULL and *problem, a
 * sentence that names the address, if one is none or there are none at all; the caller frees it. */
char **gpo_draft_recipients (const GpoDraft *draft, char **problem);
/* The address in "Alice <alice@athens.example>", or NULL. The caller frees. */
char *gpo_address_of (const char *text);

/* Fills a zeroed draft with an answer to this letter (RFC 5322 §3.6.4): To, Subject, In-Reply-To, References,
 * and the text quoted. `all`: Cc to all who had it but `self`, an address. */
void gpo_draft_reply (GpoDraft *draft, const char *bytes, gsize length, gboolean all, const char *self);

G_END_DECLS
