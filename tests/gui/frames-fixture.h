/* SPDX-License-Identifier: MIT */
/* frames-fixture.h: waiting until the window has drawn. To be included once, by a test, behind window-fixture.h. */
#pragma once
#include "window-fixture.h"

static guint frames;

static inline gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  frames++;
  gtk_widget_queue_draw (widget);
  return G_SOURCE_CONTINUE;
}

static inline gboolean
three_frames (gpointer data)
{
  return frames >= 3;
}

/* Lets styles and sizes become what they will be. */
static inline void
settle (void)
{
  frames = 0;
  guint id = gtk_widget_add_tick_callback (GTK_WIDGET (window), on_frame, NULL, NULL);
  ck_assert (turn_until (three_frames, NULL));
  gtk_widget_remove_tick_callback (GTK_WIDGET (window), id);
}

/* The widget has content on screen. */
static inline gboolean
is_drawn (gpointer widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, 400, 300);
  GskRenderNode *node = gtk_snapshot_free_to_node (snapshot);
  gboolean drawn = node != NULL;
  g_clear_pointer (&node, gsk_render_node_unref);
  return drawn;
}
