/* SPDX-License-Identifier: MIT */
/* look.c: styles are GTK's own themes; text grows by one rule of CSS, on which all other sizes depend. */
#include "look.h"
#include "settings.h"
#include "theme.h"
#include <string.h>

static const int zooms[] = { 75, 90, 100, 110, 125, 150, 175, 200, 250 };
static int zoom = 100;
static GtkCssProvider *css;

/* --- the size of text --- */

/* In high contrast nothing is pale, and outcomes are told by signs and words alone, as in what is drawn
 * (theme.h). */
static const char stark[] = ".ok, .deferred, .refused, .differs, .problem { color: @theme_fg_color; }"
                            ".dim-label, .group, .raw, .kind, .when, .own-field, .field-trace, .diff-same,"
                            ".reader-people { opacity: 1; }";

static gboolean
is_stark (void)
{
  g_autofree char *name = NULL;
  g_object_get (gtk_settings_get_default (), "gtk-theme-name", &name, NULL);
  return name && gpo_theme_is_stark (name);
}

static void
apply_zoom (int wanted)
{
  char rules[512], usual[G_ASCII_DTOSTR_BUF_SIZE], presented[G_ASCII_DTOSTR_BUF_SIZE];
  zoom = CLAMP (wanted, zooms[0], zooms[G_N_ELEMENTS (zooms) - 1]);
  g_ascii_formatd (usual, sizeof usual, "%.2f", 11 * zoom / 100.0);
  g_ascii_formatd (presented, sizeof presented, "%.2f", 16 * zoom / 100.0);
  g_snprintf (rules, sizeof rules, "window { font-size: %spt; } window.presenting { font-size: %spt; } %s",
              usual, presented, is_stark () ? stark : "");
  gtk_css_provider_load_from_data (css, rules, -1);
}

static void
on_theme (void)
{
  apply_zoom (zoom);
}

static void
on_zoom (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *how = g_variant_get_string (parameter, NULL);
  int wanted = 100;
  if (strcmp (how, "in") == 0)
    for (guint i = G_N_ELEMENTS (zooms); i-- > 0;)
      wanted = zooms[i] > zoom ? zooms[i] : i == G_N_ELEMENTS (zooms) - 1 ? zoom : wanted;
  else if (strcmp (how, "out") == 0)
    {
      wanted = zooms[0];
      for (guint i = 0; i < G_N_ELEMENTS (zooms) && zooms[i] < zoom; i++)
        wanted = zooms[i];
    }
  apply_zoom (wanted);
  gpo_settings_set_number ("zoom", zoom);
}

int
gpo_look_get_zoom (void)
{
  return zoom;
}

/* --- the style --- */

static const struct
{
  const char *name, *theme; /* NULL: the system's */
  gboolean dark;
} styles[] = {
  { "system", NULL, FALSE },
  { "light", "Default", FALSE },
  { "dark", "Default", TRUE },
  { "contrast", "HighContrast", FALSE },
  { "contrast-dark", "HighContrastInverse", TRUE },
};

static gboolean
apply_style (const char *name)
{
  GtkSettings *settings = gtk_settings_get_default ();
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (strcmp (styles[i].name, name) == 0)
      {
        gtk_settings_reset_property (settings, "gtk-theme-name");
        gtk_settings_reset_property (settings, "gtk-application-prefer-dark-theme");
        if (styles[i].theme)
          g_object_set (settings, "gtk-theme-name", styles[i].theme, "gtk-application-prefer-dark-theme",
                        styles[i].dark, NULL);
        return TRUE;
      }
  return FALSE;
}

static void
on_style (GSimpleAction *action, GVariant *state, gpointer data)
{
  if (!apply_style (g_variant_get_string (state, NULL)))
    return;
  g_simple_action_set_state (action, state);
  gpo_settings_set_text ("style", g_variant_get_string (state, NULL));
}

static const GActionEntry actions[] = {
  { "style", NULL, "s", "'system'", on_style }, /* a name of styles[] */
  { "zoom", on_zoom, "s", NULL, NULL },         /* in, out, reset */
};

void
gpo_look_start (GtkApplication *app)
{
  g_autofree char *style = gpo_settings_get_text ("style", "system");
  css = gtk_css_provider_new ();
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (css),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  apply_zoom (gpo_settings_get_number ("zoom", 100));
  g_signal_connect_object (gtk_settings_get_default (), "notify::gtk-theme-name", G_CALLBACK (on_theme), app,
                           0);
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  if (apply_style (style))
    g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (app), "style")),
                               g_variant_new_string (style));
}
