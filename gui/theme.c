/* SPDX-License-Identifier: MIT */
/* theme.c: colours from the style context. */
#include "theme.h"
#include <string.h>

/* On light and on dark ground; each has at least 4.5:1 against it, and outcomes are told apart by the
 * colour-blind (tests/gui/test-tones.c): refused is darker than deferred because those without green cones
 * see one hue. */
static const struct
{
  const char *light, *dark;
} shades[GPO_N_TONES] = {
  [GPO_TONE_PLAIN] = { "#555753", "#b4b6b2" },    [GPO_TONE_CLIENT] = { "#1c4f9c", "#8fbcff" },
  [GPO_TONE_OK] = { "#00704f", "#4fd1a5" },       [GPO_TONE_MORE] = { "#0b6e99", "#6fc7f0" },
  [GPO_TONE_DEFERRED] = { "#906000", "#f5b942" }, [GPO_TONE_REFUSED] = { "#961200", "#ff8a6b" },
  [GPO_TONE_STATE] = { "#5b3a9e", "#c4abff" },    [GPO_TONE_ENVELOPE] = { "#8f2f6b", "#f2a0d0" },
  [GPO_TONE_LETTER] = { "#5f5300", "#d9cc66" },
};

GdkRGBA
gpo_theme_fade (const GdkRGBA *color, float alpha)
{
  return (GdkRGBA){ color->red, color->green, color->blue, color->alpha * alpha };
}

static void
look_up (GtkStyleContext *style, const char *name, const GdkRGBA *fallback, GdkRGBA *out)
{
  if (!gtk_style_context_lookup_color (style, name, out))
    *out = *fallback;
}

static float
brightness (const GdkRGBA *c)
{
  return 0.299f * c->red + 0.587f * c->green + 0.114f * c->blue;
}

gboolean
gpo_theme_is_stark (const char *name)
{
  return g_str_has_prefix (name, "HighContrast") || strstr (name, "-hc");
}

void
gpo_theme_read (GpoTheme *theme, GtkWidget *widget)
{
  static const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  g_autofree char *name = NULL;
  g_object_get (gtk_widget_get_settings (widget), "gtk-theme-name", &name, NULL);
  memset (theme, 0, sizeof *theme);
  look_up (style, "theme_fg_color", &black, &theme->fg);
  look_up (style, "theme_bg_color", &white, &theme->bg);
  look_up (style, "theme_base_color", &white, &theme->base);
  look_up (style, "borders", &theme->fg, &theme->border);
  look_up (style, "theme_selected_bg_color", &theme->fg, &theme->accent);
  theme->dark = brightness (&theme->fg) > brightness (&theme->base);
  theme->high_contrast = name && gpo_theme_is_stark (name);
  theme->dim = gpo_theme_fade (&theme->fg, theme->high_contrast ? 0.9f : 0.74f);
  theme->faint = gpo_theme_fade (&theme->fg, 0.38f);
  for (int i = 0; i < GPO_N_TONES; i++)
    if (theme->high_contrast)
      theme->tone[i] = theme->fg;
    else
      gdk_rgba_parse (&theme->tone[i], theme->dark ? shades[i].dark : shades[i].light);
}

double
gpo_theme_zoom (GtkWidget *widget)
{
  const PangoFontDescription *font
      = pango_context_get_font_description (gtk_widget_get_pango_context (widget));
  double size = (double) pango_font_description_get_size (font) / PANGO_SCALE;
  if (pango_font_description_get_size_is_absolute (font))
    size = size * 72 / 96;
  return CLAMP (size / 11, 0.5, 4);
}
