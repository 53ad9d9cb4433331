/* SPDX-License-Identifier: MIT */
/* test-tones.c: colours that carry meaning can be read on their ground and told from each other, by the colour-blind too.
 *
 * Contrast is that of WCAG 2.1 (§1.4.3: 4.5 to 1 for text). How the colour-blind see a colour is computed by the matrices
 * of Machado, Oliveira and Fernandes (2009) for the whole loss of one kind of cone; how far two colours are from each
 * other by CIE 1976 (L*a*b*). In high contrast all tones are the foreground's, and signs, shapes and words tell alone. */
#include "window-fixture.h"
#include "theme.h"
#include <math.h>

static const char *const styles[] = { "light", "dark", "contrast", "contrast-dark" };

typedef struct
{
  double r, g, b; /* linear light */
} Light;

static double
linear (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

/* The colour over a ground. */
static Light
light_of (const GdkRGBA *color, const GdkRGBA *ground)
{
  double a = color->alpha;
  return (Light){ linear (color->red * a + ground->red * (1 - a)), linear (color->green * a + ground->green * (1 - a)),
                  linear (color->blue * a + ground->blue * (1 - a)) };
}

static double
contrast (Light a, Light b)
{
  double x = 0.2126 * a.r + 0.7152 * a.g + 0.0722 * a.b, y = 0.2126 * b.r + 0.7152 * b.g + 0.0722 * b.b;
  return (MAX (x, y) + 0.05) / (MIN (x, y) + 0.05);
}

/* All eyes; without cones for red; for green; for blue. */
static const double eyes[][9] = {
  { 1, 0, 0, 0, 1, 0, 0, 0, 1 },
  { 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998 },
  { 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881 },
  { 1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900 },
};
static const char *const eye_names[] = { "all", "protanopia", "deuteranopia", "tritanopia" };

static Light
seen (Light c, const double *m)
{
  return (Light){ MAX (m[0] * c.r + m[1] * c.g + m[2] * c.b, 0), MAX (m[3] * c.r + m[4] * c.g + m[5] * c.b, 0),
                  MAX (m[6] * c.r + m[7] * c.g + m[8] * c.b, 0) };
}

static double
curve (double t)
{
  return t > 0.008856 ? cbrt (t) : 7.787 * t + 16.0 / 116;
}

static double
distance (Light a, Light b)
{
  double lab[2][3];
  const Light both[2] = { a, b };
  for (int i = 0; i < 2; i++)
    {
      const Light *c = &both[i];
      double x = curve ((0.4124 * c->r + 0.3576 * c->g + 0.1805 * c->b) / 0.9505),
             y = curve (0.2126 * c->r + 0.7152 * c->g + 0.0722 * c->b),
             z = curve ((0.0193 * c->r + 0.1192 * c->g + 0.9505 * c->b) / 1.089);
      lab[i][0] = 116 * y - 16;
      lab[i][1] = 500 * (x - y);
      lab[i][2] = 200 * (y - z);
    }
  return sqrt (pow (lab[0][0] - lab[1][0], 2) + pow (lab[0][1] - lab[1][1], 2) + pow (lab[0][2] - lab[1][2], 2));
}

/* --- the theme --- */

static gboolean
style_is (gpointer data)
{
  GpoTheme theme;
  const char *name = data;
  gpo_theme_read (&theme, GTK_WIDGET (gpo_window_get_ladder (window)));
  return theme.dark == (strstr (name, "dark") != NULL) && theme.high_contrast == g_str_has_prefix (name, "contrast");
}

static void
read_theme (GpoTheme *theme, const char *style)
{
  g_action_group_change_action_state (G_ACTION_GROUP (app), "style", g_variant_new_string (style));
  ck_assert (turn_until (style_is, (gpointer) style));
  gpo_theme_read (theme, GTK_WIDGET (gpo_window_get_ladder (window)));
}

START_TEST (words_can_be_read_on_their_ground)
{
  GpoTheme theme;
  read_theme (&theme, styles[_i]);
  const GdkRGBA *grounds[] = { &theme.base, &theme.bg };
  for (guint g = 0; g < G_N_ELEMENTS (grounds); g++)
    {
      Light ground = light_of (grounds[g], grounds[g]);
      ck_assert_double_ge (contrast (light_of (&theme.fg, grounds[g]), ground), 4.5);
      ck_assert_double_ge (contrast (light_of (&theme.dim, grounds[g]), ground), 4.5);
      for (int tone = 0; tone < GPO_N_TONES; tone++)
        {
          double seen = contrast (light_of (&theme.tone[tone], grounds[g]), ground);
          ck_assert_msg (seen >= 4.5, "%s: tone %d on ground %u: %.2f", styles[_i], tone, g, seen);
        }
    }
}
END_TEST

/* In a chip or a box the ground is a shade of the tone itself (ink.c, event-row.c). */
START_TEST (words_can_be_read_in_their_boxes)
{
  GpoTheme theme;
  read_theme (&theme, styles[_i]);
  for (int tone = 0; tone < GPO_N_TONES; tone++)
    {
      GdkRGBA shade = gpo_theme_fade (&theme.tone[tone], theme.dark ? 0.22f : 0.13f);
      double seen = contrast (light_of (&theme.tone[tone], &theme.base), light_of (&shade, &theme.base));
      ck_assert_msg (seen >= 3, "%s: tone %d in its box: %.2f", styles[_i], tone, seen); /* bold, large: §1.4.3 */
    }
}
END_TEST

/* Outcomes are what must not be mistaken for each other; and commands for answers. */
static const GpoTone pairs[][2] = {
  { GPO_TONE_OK, GPO_TONE_REFUSED },     { GPO_TONE_OK, GPO_TONE_DEFERRED },   { GPO_TONE_DEFERRED, GPO_TONE_REFUSED },
  { GPO_TONE_CLIENT, GPO_TONE_REFUSED }, { GPO_TONE_CLIENT, GPO_TONE_OK },     { GPO_TONE_CLIENT, GPO_TONE_DEFERRED },
  { GPO_TONE_MORE, GPO_TONE_REFUSED },   { GPO_TONE_STATE, GPO_TONE_REFUSED },
};

#define APART 10 /* ΔE*ab: plainly two colours, side by side */

START_TEST (outcomes_are_told_apart_by_all_eyes)
{
  GpoTheme theme;
  const char *style = styles[_i / G_N_ELEMENTS (pairs)];
  const GpoTone *pair = pairs[_i % G_N_ELEMENTS (pairs)];
  read_theme (&theme, style);
  for (guint e = 0; e < G_N_ELEMENTS (eyes); e++)
    {
      double apart = distance (seen (light_of (&theme.tone[pair[0]], &theme.base), eyes[e]),
                               seen (light_of (&theme.tone[pair[1]], &theme.base), eyes[e]));
      ck_assert_msg (apart >= APART, "%s, %s: tones %d and %d are %.1f apart", style, eye_names[e], pair[0], pair[1], apart);
    }
}
END_TEST

/* Whoever sees no colour at all has the signs. */
START_TEST (outcomes_have_signs_of_their_own)
{
  static const GpoTone outcomes[] = { GPO_TONE_OK, GPO_TONE_MORE, GPO_TONE_DEFERRED, GPO_TONE_REFUSED };
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    for (guint j = 0; j < i; j++)
      ck_assert_str_ne (gpo_tone_sign (outcomes[i]), gpo_tone_sign (outcomes[j]));
}
END_TEST

static Suite *
suite (void)
{
  Suite *s = suite_create ("tones");
  TCase *c = tcase_create ("tones");
  tcase_add_unchecked_fixture (c, setup_recorded, teardown_window);
  tcase_set_timeout (c, 60);
  tcase_add_loop_test (c, words_can_be_read_on_their_ground, 0, G_N_ELEMENTS (styles));
  tcase_add_loop_test (c, words_can_be_read_in_their_boxes, 0, G_N_ELEMENTS (styles));
  tcase_add_loop_test (c, outcomes_are_told_apart_by_all_eyes, 0, 2 * G_N_ELEMENTS (pairs));
  tcase_add_test (c, outcomes_have_signs_of_their_own);
  suite_add_tcase (s, c);
  return s;
}

#include "check-main.h"
