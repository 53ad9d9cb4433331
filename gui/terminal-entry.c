/* SPDX-License-Identifier: MIT */
/* terminal-entry.c: the line that is typed: completion, history, and how it is sent. */
#include "terminal-private.h"

GpoTyping
gpo_terminal_view_typing (GpoTerminalView *view)
{
  g_autoptr (GVariant) bare = g_action_group_get_action_state (G_ACTION_GROUP (view->window), "term-bare-lf");
  g_autoptr (GVariant) stuff = g_action_group_get_action_state (G_ACTION_GROUP (view->window), "term-stuff");
  return (GpoTyping){ .bare_lf = g_variant_get_boolean (bare), .unstuffed = !g_variant_get_boolean (stuff) };
}

/* --- completion --- */

static void
forget_completions (GpoTerminalView *view)
{
  g_clear_pointer (&view->completing, g_ptr_array_unref);
  gtk_widget_set_visible (GTK_WIDGET (view->suggestions), FALSE);
}

static void
on_typed (GpoTerminalView *view)
{
  if (!view->filling)
    forget_completions (view);
  gpo_terminal_view_show_hint (view);
}

void
gpo_terminal_view_fill (GpoTerminalView *view, const char *text)
{
  view->filling = TRUE;
  gtk_editable_set_text (view->entry, text);
  gtk_editable_set_position (view->entry, -1);
  view->filling = FALSE;
}

static void
show_completions (GpoTerminalView *view)
{
  g_autoptr (GString) markup = g_string_new (NULL);
  for (guint i = 0; i < view->completing->len; i++)
    {
      const GpoSuggestion *one = view->completing->pdata[i];
      g_autofree char *label = g_markup_escape_text (one->label, -1);
      gboolean chosen = i == view->completion;
      if (i)
        g_string_append (markup, "   ");
      g_string_append_printf (markup, "%s%s%s%s%s", one->legal ? "" : "<s>", chosen ? "<b><u>" : "", label,
                              chosen ? "</u></b>" : "", one->legal ? "" : "</s>");
    }
  gtk_label_set_markup (view->suggestions, markup->str);
  gtk_widget_set_visible (GTK_WIDGET (view->suggestions), view->completing->len > 1);
}

void
gpo_terminal_view_complete (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  if (!dialogue)
    return;
  if (view->completing)
    view->completion = (view->completion + 1) % view->completing->len;
  else
    {
      g_autoptr (GPtrArray) found
          = gpo_dialogue_complete (dialogue, gtk_editable_get_text (view->entry),
                                   gpo_terminal_world_addresses (gpo_terminal_model_get_world (view->model)));
      if (found->len == 0)
        return;
      view->completing = g_steal_pointer (&found);
      view->completion = 0;
    }
  gpo_terminal_view_fill (view, ((GpoSuggestion *) view->completing->pdata[view->completion])->text);
  show_completions (view);
}

/* --- the entry --- */

static void
go_in_history (GpoTerminalView *view, int by)
{
  guint to = (guint) CLAMP ((int) view->place + by, 0, (int) view->history->len);
  view->place = to;
  forget_completions (view);
  gpo_terminal_view_fill (view, to < view->history->len ? view->history->pdata[to] : "");
}

static gboolean
on_key (GpoTerminalView *view, guint key, guint code, GdkModifierType state)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return FALSE;
  if (key == GDK_KEY_Tab)
    gpo_terminal_view_complete (view);
  else if (key == GDK_KEY_Up)
    go_in_history (view, -1);
  else if (key == GDK_KEY_Down)
    go_in_history (view, 1);
  else
    return FALSE;
  return TRUE;
}

void
gpo_terminal_view_enter (GpoTerminalView *view)
{
  g_autofree char *line = g_strdup (gtk_editable_get_text (view->entry));
  forget_completions (view);
  if (*line)
    g_ptr_array_add (view->history, g_strdup (line));
  view->place = view->history->len;
  gpo_terminal_view_fill (view, "");
  gpo_terminal_model_type (view->model, line, gpo_terminal_view_typing (view));
}

void
gpo_terminal_view_watch_entry (GpoTerminalView *view)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view->entry), keys);
  g_signal_connect_swapped (view->entry, "changed", G_CALLBACK (on_typed), view);
  g_signal_connect_swapped (view->entry, "activate", G_CALLBACK (gpo_terminal_view_enter), view);
}
