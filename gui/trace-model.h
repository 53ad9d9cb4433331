/* SPDX-License-Identifier: MIT */
/* trace-model.h: the trace as a list: all events, those of a track, or those that pass a filter.
 *
 * A GListModel whose items (GpoEventItem: a number, nothing else) are made only for the rows on screen, so
 * a million events cost no object. It only grows, at its end; another selection is another model. */
#pragma once
#include "replay/picture.h"
#include "trace/filter.h"
#include <gio/gio.h>

G_BEGIN_DECLS

#define GPO_TYPE_EVENT_ITEM (gpo_event_item_get_type ())
G_DECLARE_FINAL_TYPE (GpoEventItem, gpo_event_item, GPO, EVENT_ITEM, GObject)
/* The event's number. */
guint64 gpo_event_item_get_n (GpoEventItem *item);

#define GPO_TYPE_TRACE_MODEL (gpo_trace_model_get_type ())
G_DECLARE_FINAL_TYPE (GpoTraceModel, gpo_trace_model, GPO, TRACE_MODEL, GObject)

/* The events of `track`, or all if it is NULL, that pass `filter` (NULL: every one; taken over). Picture
 * and track outlive the model. */
GpoTraceModel *gpo_trace_model_new (GpoPicture *picture, const GpoTrack *track, GpoFilter *filter);
/* Takes in what the picture has gained. */
void gpo_trace_model_grow (GpoTraceModel *model);
/* The row of the last event that is not later than n, or GTK_INVALID_LIST_POSITION (G_MAXUINT) if there
 * is none. */
guint gpo_trace_model_row (GpoTraceModel *model, guint64 n);
/* The number of the event in a row. */
guint64 gpo_trace_model_event (GpoTraceModel *model, guint row);

G_END_DECLS
