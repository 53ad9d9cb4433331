/* SPDX-License-Identifier: MIT */
/* theme.h: the colours of what we draw ourselves, taken from the widget's theme.
 *
 * Tones have hues that the colour-blind tell apart (blue, teal, amber, vermilion, purple; after Okabe and
 * Ito) in a shade for light and one for dark ground. In a high-contrast theme everything is drawn in
 * the foreground colour and only signs, words and outlines tell. */
#pragma once
#include "event-words.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean dark, high_contrast;
  GdkRGBA fg, bg, base, dim, faint, border, accent;
  GdkRGBA tone[GPO_N_TONES];
} GpoTheme;

/* Whether a theme of this name is one of high contrast. */
gboolean gpo_theme_is_stark (const char *name);
/* As the widget's style is now; cheap. */
void gpo_theme_read (GpoTheme *theme, GtkWidget *widget);
/* How much larger than 11 points the widget's type is: what is drawn for 11 points grows with it. */
double gpo_theme_zoom (GtkWidget *widget);
/* The colour with another opacity. */
GdkRGBA gpo_theme_fade (const GdkRGBA *color, float alpha);

G_END_DECLS
