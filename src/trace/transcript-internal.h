/* SPDX-License-Identifier: MIT */
/* transcript-internal.h: what the transcript and the ladder share of event-text.c. */
#pragma once
#include "trace/transcript.h"

G_BEGIN_DECLS

/* What the event says, without its number, host and session. */
void gpo_event_words (GString *out, const GpoEvent *event, GpoTranscriptFlags flags);

/* "12.000345 ": seconds, the whole ones in at least `width` places. */
void gpo_append_time (GString *out, gint64 time, int width);

G_END_DECLS
