/* SPDX-License-Identifier: MIT */
/* time-bar.c: buttons are actions of the window; the strip and the player move the cursor. */
#include "time-bar.h"
#include "event-words.h"
#include "i18n.h"
#include "time-strip.h"

struct _GpoTimeBar
{
  GtkWidget parent_instance;
  GtkButton *play;
  GtkDropDown *speed;
  GtkStringList *speeds;
  GpoTimeStrip *strip;
  GtkLabel *clock;
  GpoCursor *cursor;
  GpoPlayer *player;
  gboolean live;
};

G_DEFINE_FINAL_TYPE (GpoTimeBar, gpo_time_bar, GTK_TYPE_WIDGET)

static void
show_clock (GpoTimeBar *bar)
{
  guint64 length = gpo_cursor_get_length (bar->cursor), n = gpo_cursor_get_n (bar->cursor);
  const GpoEvent *event = length ? gpo_log_get (gpo_cursor_get_log (bar->cursor), n) : NULL;
  g_autofree char *time = gpo_time_words (event ? event->time : 0);
  gboolean following = gpo_cursor_get_following (bar->cursor);
  g_autofree char *text
      = g_strdup_printf (_ ("%s s · %lu/%lu"), time, (gulong) (length ? n + 1 : 0), (gulong) length);
  g_autofree char *shown = g_strdup_printf ("%s%s", bar->live && following ? _ ("● live  ") : "", text);
  gtk_label_set_text (bar->clock, shown);
}

static void
show_playing (GpoTimeBar *bar)
{
  gboolean moving
      = gpo_player_get_playing (bar->player) || (bar->live && gpo_cursor_get_following (bar->cursor));
  gtk_button_set_icon_name (bar->play,
                            moving ? "media-playback-pause-symbolic" : "media-playback-start-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->play), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  moving ? _ ("Pause") : _ ("Play"), -1);
  show_clock (bar);
}

static void
on_speed (GpoTimeBar *bar)
{
  guint i = gtk_drop_down_get_selected (bar->speed);
  if (i != GTK_INVALID_LIST_POSITION)
    gpo_player_set_speed (bar->player, gpo_player_speeds[i]);
}

static void
show_speed (GpoTimeBar *bar)
{
  for (guint i = 0; gpo_player_speeds[i] > 0; i++)
    if (gpo_player_speeds[i] == gpo_player_get_speed (bar->player))
      gtk_drop_down_set_selected (bar->speed, i);
}

static void
fill_speeds (GpoTimeBar *bar)
{
  for (guint i = 0; gpo_player_speeds[i] > 0; i++)
    {
      g_autofree char *words = g_strdup_printf ("%g×", gpo_player_speeds[i]);
      gtk_string_list_append (bar->speeds, words);
    }
  show_speed (bar);
}

static void
gpo_time_bar_dispose (GObject *object)
{
  GpoTimeBar *bar = GPO_TIME_BAR (object);
  GtkWidget *child;
  if (bar->player)
    gpo_player_set_playing (bar->player, FALSE);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  g_clear_object (&bar->player);
  g_clear_object (&bar->cursor);
  G_OBJECT_CLASS (gpo_time_bar_parent_class)->dispose (object);
}

static void
gpo_time_bar_class_init (GpoTimeBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_TIME_STRIP);
  G_OBJECT_CLASS (class)->dispose = gpo_time_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/time-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoTimeBar, play);
  gtk_widget_class_bind_template_child (widget_class, GpoTimeBar, speed);
  gtk_widget_class_bind_template_child (widget_class, GpoTimeBar, speeds);
  gtk_widget_class_bind_template_child (widget_class, GpoTimeBar, strip);
  gtk_widget_class_bind_template_child (widget_class, GpoTimeBar, clock);
  gtk_widget_class_set_css_name (widget_class, "timebar");
}

static void
gpo_time_bar_init (GpoTimeBar *bar)
{
  gtk_widget_init_template (GTK_WIDGET (bar));
}

void
gpo_time_bar_set_cursor (GpoTimeBar *bar, GpoCursor *cursor, gboolean live)
{
  g_return_if_fail (!bar->cursor);
  bar->cursor = g_object_ref (cursor);
  bar->live = live;
  bar->player = gpo_player_new (cursor);
  gpo_time_strip_set_cursor (bar->strip, cursor);
  fill_speeds (bar);
  g_signal_connect_object (bar->player, "notify::speed", G_CALLBACK (show_speed), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (bar->speed, "notify::selected", G_CALLBACK (on_speed), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (bar->player, "notify::playing", G_CALLBACK (show_playing), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::following", G_CALLBACK (show_playing), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::n", G_CALLBACK (show_clock), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (cursor, "notify::length", G_CALLBACK (show_clock), bar, G_CONNECT_SWAPPED);
  show_playing (bar);
}

const char *
gpo_time_bar_get_clock (GpoTimeBar *bar)
{
  return gtk_label_get_text (bar->clock);
}

const GpoDensity *
gpo_time_bar_get_density (GpoTimeBar *bar)
{
  return gpo_time_strip_get_density (bar->strip);
}

GpoPlayer *
gpo_time_bar_get_player (GpoTimeBar *bar)
{
  return bar->player;
}
