/* SPDX-License-Identifier: MIT */
/* event-columns.h: where the columns of the transcript are, for its rows and for the heads above them.
 *
 *     event   time   session host   ⇄   what …                         where it is laid down
 *
 * Rows draw themselves, so that a million of them scroll; this is what makes columns of them all the same. */
#pragma once
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define GPO_COLUMN_PAD 8

/* Left sides, but of numbers the right ones; px. */
typedef struct
{
  float number, time; /* right sides */
  float session, host;
  float arrow, what;
  float host_width;
} GpoEventColumns;

/* `mixed`: events of more than one session are listed, so session and host have columns. */
void gpo_event_columns_init (GpoEventColumns *columns, double zoom, gboolean mixed);

#define GPO_TYPE_EVENT_HEAD (gpo_event_head_get_type ())
G_DECLARE_FINAL_TYPE (GpoEventHead, gpo_event_head, GPO, EVENT_HEAD, GtkWidget)
void gpo_event_head_set_mixed (GpoEventHead *head, gboolean mixed);
/* The heads that are shown, from left to right, with commas: for tests. The caller frees. */
char *gpo_event_head_dup_words (GpoEventHead *head);

G_END_DECLS
