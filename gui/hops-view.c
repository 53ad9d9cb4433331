/* SPDX-License-Identifier: MIT */
/* hops-view.c: the chain at the left, a difference for each transfer at the right. */
#include "hops-view.h"
#include "chain-draw.h"
#include "event-words.h"
#include "i18n.h"
#include "said-words.h"
#include "letter/line-ending.h"
#include "replay/letter-diff.h"
#include "replay/letter-words.h"
#include <string.h>

#define LINES_SHOWN 300 /* of a difference */
#define LINE_SHOWN 400  /* bytes of a line */
#define CONTEXT 2       /* unchanged lines around a change */

struct _GpoHopsView
{
  GtkWidget parent_instance;
  GtkWidget *drawing;
  GtkTextBuffer *text;
  GPtrArray *chain;
  guint chosen;
};

static guint pointed;

G_DEFINE_FINAL_TYPE (GpoHopsView, gpo_hops_view, GTK_TYPE_WIDGET)

/* --- the chain --- */

static void
on_draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  GpoHopsView *view = data;
  GpoTheme theme;
  if (!view->chain)
    return;
  double scale = gpo_theme_zoom (view->drawing);
  gpo_theme_read (&theme, view->drawing);
  cairo_scale (cr, scale, scale);
  gpo_chain_draw (cr, view->chain, &theme, width / scale, view->chosen);
}

static void
choose (GpoHopsView *view, guint hop, gboolean chosen)
{
  if (!view->chain || hop >= view->chain->len)
    return;
  view->chosen = hop;
  g_autofree char *text = gpo_chain_hop_words (view->chain, hop);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->drawing), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_widget_queue_draw (view->drawing);
  const GpoChainHop *at = view->chain->pdata[hop];
  g_signal_emit (view, pointed, 0, (guint64) at->field->span.start, chosen);
}

static void
on_motion (GpoHopsView *view, double x, double y)
{
  if (view->chain)
    choose (view, gpo_chain_hit (view->chain, y / gpo_theme_zoom (view->drawing)), FALSE);
}

static void
on_click (GpoHopsView *view, int presses, double x, double y)
{
  gtk_widget_grab_focus (view->drawing);
  if (view->chain)
    choose (view, gpo_chain_hit (view->chain, y / gpo_theme_zoom (view->drawing)), presses == 2);
}

static gboolean
on_key (GpoHopsView *view, guint key)
{
  guint n = view->chain ? view->chain->len : 0;
  if (n == 0 || (key != GDK_KEY_Up && key != GDK_KEY_Down && key != GDK_KEY_Return))
    return FALSE;
  guint at = view->chosen < n ? view->chosen : 0;
  if (view->chosen < n && key != GDK_KEY_Return)
    at = key == GDK_KEY_Up ? (at ? at - 1 : 0) : MIN (at + 1, n - 1);
  choose (view, at, key == GDK_KEY_Return);
  return TRUE;
}

/* --- the differences --- */

static void
insert (GpoHopsView *view, const char *text, const char *tag)
{
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (view->text, &end);
  gtk_text_buffer_insert_with_tags_by_name (view->text, &end, text, -1, tag, NULL);
}

/* The name of a line's ending, small, and the end of the line. */
static void
insert_ending (GpoHopsView *view, const char *name, const char *tag)
{
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (view->text, &end);
  gtk_text_buffer_insert_with_tags_by_name (view->text, &end, name, -1, tag, "ending", NULL);
  insert (view, "\n", tag);
}

/* A line with its ending made visible, behind its sign. */
static void
insert_line (GpoHopsView *view, const char *sign, const char *line, gsize length, const char *tag)
{
  gsize ending = gpo_ending_length (line, 0, length), n = MIN (length - ending, LINE_SHOWN);
  g_autofree char *shown = *line == '\t' && n ? gpo_shown_text (line + 1, n - 1) : gpo_shown_text (line, n);
  g_autofree char *text = g_strdup_printf ("%s %s%s%s", sign, *line == '\t' && n ? "⇥" : "", shown,
                                           n < length - ending ? " …" : "");
  insert (view, text, tag);
  insert_ending (view, ending == 2 ? "CRLF" : ending == 1 ? "LF" : "", tag);
}

/* The lines `from` to `to` of a run. */
static void
insert_run (GpoHopsView *view, const GpoDiffRun *run, const char *text, GpoSpan span, gsize from, gsize to)
{
  static const char *const signs[] = { " ", "−", "+" }, *const tags[] = { "same", "removed", "added" };
  gsize at = span.start, end = GPO_SPAN_END (span);
  for (gsize i = 0; at < end && i < to && i < from + LINES_SHOWN; i++)
    {
      gsize next = gpo_line_end (text, end, at);
      if (i >= from)
        insert_line (view, signs[run->kind], text + at, next - at, tags[run->kind]);
      at = next;
    }
  if (to - from > LINES_SHOWN)
    {
      g_autofree char *more = g_strdup_printf (_ ("  … %zu lines more\n"), to - from - LINES_SHOWN);
      insert (view, more, "note");
    }
}

static void
insert_same (GpoHopsView *view, const GArray *diff, guint i, const char *new)
{
  const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
  gsize head = i > 0 ? MIN (run->lines, CONTEXT) : 0,
        tail = i + 1 < diff->len ? MIN (run->lines - head, CONTEXT) : 0;
  gsize hidden = run->lines - head - tail;
  insert_run (view, run, new, run->new, 0, head);
  if (hidden)
    {
      g_autofree char *text = g_strdup_printf (
          ngettext ("  ⋮ %zu line as it was\n", "  ⋮ %zu lines as they were\n", (gulong) hidden), hidden);
      insert (view, text, "note");
    }
  insert_run (view, run, new, run->new, run->lines - tail, run->lines);
}

static gboolean
is_changed (const GArray *diff, gsize added)
{
  for (guint i = 0; i < diff->len; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      if (run->kind == GPO_DIFF_REMOVED || (run->kind == GPO_DIFF_ADDED && GPO_SPAN_END (run->new) > added))
        return TRUE;
    }
  return FALSE;
}

static guint
count_fields (const char *bytes, gsize length)
{
  guint n = 0;
  GpoHeaderField field;
  for (gsize at = 0; gpo_header_next (bytes, length, &at, &field);)
    n++;
  return n;
}

/* What this host stored, against what the host before had stored, or against what a stranger sent. */
static void
show_transfer (GpoHopsView *view, GpoPicture *picture, const GpoLetterFacts *facts, guint index)
{
  const GpoTransfer *transfer = facts->transfers->pdata[index];
  g_autoptr (GpoLetterBytes) bytes = gpo_letter_bytes_new (picture, facts->transfers, index, GPO_LETTER_READ);
  gboolean own = transfer->recorded || transfer->before < 0;
  g_autoptr (GpoLetterBytes) before
      = own ? NULL
            : gpo_letter_bytes_new (picture, facts->transfers, (guint) transfer->before, GPO_LETTER_READ);
  gsize n, m;
  const char *new = g_bytes_get_data (bytes->stored, &m);
  const char *old = own ? new + bytes->added : g_bytes_get_data (before->stored, &n);
  if (own)
    n = m - bytes->added;
  g_autoptr (GArray) diff = gpo_letter_diff_new (old, n, new, m);
  g_autofree char *title = gpo_transfer_words (transfer);
  g_autofree char *did
      = gpo_transfer_did_words (transfer, count_fields (new, bytes->added), is_changed (diff, bytes->added));
  g_autofree char *heading = g_strdup_printf ("%s%s\n", index ? "\n" : "", title);
  g_autofree char *words
      = g_strdup_printf ("%s\n", bytes->lost ? _ ("The trace does not hold these bytes.") : did);
  insert (view, heading, "heading");
  insert (view, words, "note");
  for (guint i = 0; i < diff->len; i++)
    {
      const GpoDiffRun *run = &g_array_index (diff, GpoDiffRun, i);
      if (run->kind == GPO_DIFF_SAME)
        insert_same (view, diff, i, new);
      else if (run->kind == GPO_DIFF_REMOVED)
        insert_run (view, run, old, run->old, 0, run->lines);
      else
        insert_run (view, run, new, run->new, 0, run->lines);
    }
  if (bytes->cut)
    insert (view, _ ("  … only the beginning of a large letter is compared\n"), "note");
}

/* Colours follow the theme; signs and words tell the same. */
static void
set_tags (GpoHopsView *view)
{
  static const struct
  {
    const char *tag;
    GpoTone tone;
  } tones[] = { { "added", GPO_TONE_OK }, { "removed", GPO_TONE_REFUSED } };
  GtkTextTagTable *table = gtk_text_buffer_get_tag_table (view->text);
  GpoTheme theme;
  gpo_theme_read (&theme, GTK_WIDGET (view));
  for (guint i = 0; i < G_N_ELEMENTS (tones); i++)
    {
      GdkRGBA ground = gpo_theme_fade (&theme.tone[tones[i].tone], theme.dark ? 0.22f : 0.13f);
      g_object_set (gtk_text_tag_table_lookup (table, tones[i].tag), "foreground-rgba",
                    &theme.tone[tones[i].tone], "paragraph-background-rgba", &ground, NULL);
    }
  g_object_set (gtk_text_tag_table_lookup (table, "note"), "foreground-rgba", &theme.dim, NULL);
  g_object_set (gtk_text_tag_table_lookup (table, "same"), "foreground-rgba", &theme.dim, NULL);
}

void
gpo_hops_view_show (GpoHopsView *view, GpoPicture *picture, const GpoLetterFacts *facts)
{
  g_clear_pointer (&view->chain, g_ptr_array_unref);
  view->chosen = G_MAXUINT;
  gtk_text_buffer_set_text (view->text, "", 0);
  gtk_widget_queue_draw (view->drawing);
  if (!facts)
    return;
  set_tags (view);
  view->chain = gpo_letter_chain_new (facts);
  gtk_drawing_area_set_content_height (
      GTK_DRAWING_AREA (view->drawing),
      (int) (gpo_chain_height (view->chain) * gpo_theme_zoom (view->drawing)));
  for (guint i = 0; i < facts->transfers->len && i < 50; i++)
    show_transfer (view, picture, facts, i);
  if (facts->transfers->len == 0)
    insert (view, gpo_missing_words (facts, _ ("Not sent yet: nobody could add anything.")), "note");
}

/* --- the object --- */

static void
gpo_hops_view_dispose (GObject *object)
{
  GpoHopsView *view = GPO_HOPS_VIEW (object);
  GtkWidget *child;
  g_clear_pointer (&view->chain, g_ptr_array_unref);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (gpo_hops_view_parent_class)->dispose (object);
}

static void
gpo_hops_view_class_init (GpoHopsViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_hops_view_dispose;
  pointed = g_signal_new ("pointed", GPO_TYPE_HOPS_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                          2, G_TYPE_UINT64, G_TYPE_BOOLEAN);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/hops-view.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoHopsView, drawing);
  gtk_widget_class_bind_template_child (widget_class, GpoHopsView, text);
  gtk_widget_class_set_css_name (widget_class, "hops");
}

static void
gpo_hops_view_init (GpoHopsView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  view->chosen = G_MAXUINT;
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (view->drawing), on_draw, view, NULL);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click), view);
  gtk_widget_add_controller (view->drawing, GTK_EVENT_CONTROLLER (click));
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), view);
  gtk_widget_add_controller (view->drawing, motion);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (view->drawing, keys);
  gtk_text_buffer_create_tag (view->text, "heading", "weight", PANGO_WEIGHT_BOLD, "family", "Sans", "scale",
                              1.1, NULL);
  gtk_text_buffer_create_tag (view->text, "note", "family", "Sans", "scale", 0.9, NULL);
  gtk_text_buffer_create_tag (view->text, "same", NULL);
  gtk_text_buffer_create_tag (view->text, "added", NULL);
  gtk_text_buffer_create_tag (view->text, "removed", NULL);
  gtk_text_buffer_create_tag (view->text, "ending", "scale", 0.7, NULL);
}

GPtrArray *
gpo_hops_view_get_chain (GpoHopsView *view)
{
  return view->chain;
}

char *
gpo_hops_view_get_text (GpoHopsView *view)
{
  char *text;
  g_object_get (view->text, "text", &text, NULL);
  return text;
}
