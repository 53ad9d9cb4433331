/* SPDX-License-Identifier: MIT */
/* bounce-words.h: the part of a delivery report that people read. bounce.c alone calls it. */
#pragma once
#include "letter/bounce.h"

G_BEGIN_DECLS

/* The report's subject; static. */
const char *gpo_bounce_subject (GpoBounceKind kind);
/* What one would say about an enhanced status code ("5.1.1") to who knows no SMTP, or NULL. Static. */
const char *gpo_status_meaning (const char *status);
/* Appends the report in words: lines of at most 78 bytes, ending in CRLF. `utf8`: else only ASCII. */
void gpo_bounce_words_append (GString *out, const GpoBounce *bounce, gboolean utf8);

/* Appends `text` in lines of about 78 bytes, broken at spaces: the first begins with `first`, the
 * others with `next`. A word too long for that is kept whole up to 900 bytes. */
void gpo_wrap_append (GString *out, const char *text, const char *first, const char *next);

/* A stranger's words for a field or a line: without control bytes, and in ASCII unless `utf8`. The
 * caller frees. */
char *gpo_tame (const char *text, gboolean utf8);

G_END_DECLS
