/* SPDX-License-Identifier: MIT */
/* span.h: a stretch of a letter's bytes.
 *
 * Everything that is known about a letter is said in spans of the bytes as they came, never in
 * copies: so what is shown, fetched or stored is what was sent. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gsize start, length; /* bytes from the beginning of the text they refer to */
} GpoSpan;

#define GPO_SPAN_END(span) ((span).start + (span).length)

G_END_DECLS
