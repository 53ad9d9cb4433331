/* SPDX-License-Identifier: MIT */
/* map-spot.h: something on the map that can be chosen: a host, a reader, a connection, a letter.
 *
 * A spot draws nothing but its focus; the map draws what is there. It is a widget, so that the keyboard, a
 * screen reader and the pointer find it by themselves. */
#pragma once
#include "map-layout.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  GPO_SPOT_HOST,    /* number: the host's symbol */
  GPO_SPOT_PERSON,  /* number: the place's index */
  GPO_SPOT_SESSION, /* number: the session's */
  GPO_SPOT_LETTER   /* number: the letter's */
} GpoSpotKind;

#define GPO_TYPE_MAP_SPOT (gpo_map_spot_get_type ())
G_DECLARE_FINAL_TYPE (GpoMapSpot, gpo_map_spot, GPO, MAP_SPOT, GtkWidget)

/* Signals: "chosen" (), "menu" (double x, double y; in the spot). */
GtkWidget *gpo_map_spot_new (GpoSpotKind kind, guint32 number, guint copy);
gboolean gpo_map_spot_is (GpoMapSpot *spot, GpoSpotKind kind, guint32 number, guint copy);
GpoSpotKind gpo_map_spot_get_kind (GpoMapSpot *spot);
guint32 gpo_map_spot_get_number (GpoMapSpot *spot);
/* What it is in words (its accessible name and its tooltip), and where it lies in the map. Takes the words.
 */
void gpo_map_spot_set (GpoMapSpot *spot, char *words, const cairo_rectangle_t *where);
const char *gpo_map_spot_get_words (GpoMapSpot *spot);
const cairo_rectangle_t *gpo_map_spot_get_where (GpoMapSpot *spot);

G_END_DECLS
