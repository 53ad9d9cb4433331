/* SPDX-License-Identifier: MIT */
/* event-details.h: all there is to know of one event, as text: each field by its name, bytes with CR and LF
 * visible; and finding text in events. No widget. */
#pragma once
#include "event-words.h"

G_BEGIN_DECLS

/* One line a field, names padded, bytes of lines and of a letter with ␍ and ␊ to see. The caller frees. */
char *gpo_event_fields (GpoLog *log, guint64 n, const GpoEvent *event);
/* The address of the section an event cites ("https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.3"), or
 * NULL. The caller frees. */
char *gpo_event_link (const GpoEvent *event);
/* Whether any word or text of it holds the words; ASCII case is ignored. */
gboolean gpo_event_contains (const GpoEvent *event, const char *words);
/* Whether it is something that went wrong: a refusal, a failure, a fault. */
gboolean gpo_event_is_error (const GpoEvent *event);

G_END_DECLS
