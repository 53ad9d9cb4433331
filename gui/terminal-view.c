/* SPDX-License-Identifier: MIT */
/* terminal-view.c: the terminal model on the screen; the entry with its history and completion. */
#include "terminal-view.h"
#include "i18n.h"
#include <string.h>

struct _GpoTerminalView
{
  GtkWidget parent_instance;
  GtkDropDown *target, *protocol, *mechanism;
  GtkEditable *address, *entry, *login, *password;
  GtkWidget *call, *prove, *paste_lines, *paste_once;
  GtkMenuButton *auth, *paste;
  GtkPopover *auth_popover, *paste_popover;
  GtkTextView *text, *paste_text;
  GtkLabel *state, *hint, *suggestions, *proof;

  GpoWindow *window; /* it owns us */
  GpoTerminalModel *model;
  GPtrArray *history;    /* of char *: what was typed */
  guint place;           /* in it; its length: a new line */
  GPtrArray *completing; /* of GpoSuggestion: Tab goes through them */
  guint completion;
  gboolean filling; /* the entry is changed by us */
};

G_DEFINE_FINAL_TYPE (GpoTerminalView, gpo_terminal_view, GTK_TYPE_WIDGET)

static GpoTyping
typing (GpoTerminalView *view)
{
  g_autoptr (GVariant) bare = g_action_group_get_action_state (G_ACTION_GROUP (view->window), "term-bare-lf");
  g_autoptr (GVariant) stuff = g_action_group_get_action_state (G_ACTION_GROUP (view->window), "term-stuff");
  return (GpoTyping){ .bare_lf = g_variant_get_boolean (bare), .unstuffed = !g_variant_get_boolean (stuff) };
}

/* --- the transcript --- */

/* How much of a shown line is its ending, "\\r\\n" or "\\n". */
static gsize
ending_of (const char *text)
{
  return g_str_has_suffix (text, "\\r\\n") ? 4 : g_str_has_suffix (text, "\\n") ? 2 : 0;
}

static void
on_line (GpoTerminalModel *model, int kind, const char *text, GpoTerminalView *view)
{
  static const char *const tags[] = { "client", "server", "note" };
  static const char *const marks[] = { "C: ", "S: ", "-- " };
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gsize ending = kind == GPO_TERMINAL_NOTE ? 0 : ending_of (text);
  const char *tail = text + strlen (text) - ending;
  GtkTextIter end;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, marks[kind], -1, tags[kind], NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, text, (int) (tail - text), tags[kind], NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, tail, -1, "ending", NULL);
  gtk_text_buffer_insert (buffer, &end, "\n", 1);
}

/* The newest line is the one that counts. */
static void
stay_at_end (GtkAdjustment *adjustment)
{
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment)
                                            - gtk_adjustment_get_page_size (adjustment));
}

char *
gpo_terminal_view_dup_text (GpoTerminalView *view)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
}

static void
make_tags (GpoTerminalView *view)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->text);
  gtk_text_buffer_create_tag (buffer, "client", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "server", NULL);
  gtk_text_buffer_create_tag (buffer, "note", "style", PANGO_STYLE_ITALIC, NULL);
  gtk_text_buffer_create_tag (buffer, "ending", "scale", 0.75, NULL);
}

/* --- what may be said --- */

static void
forget_completions (GpoTerminalView *view)
{
  g_clear_pointer (&view->completing, g_ptr_array_unref);
  gtk_widget_set_visible (GTK_WIDGET (view->suggestions), FALSE);
}

static void
show_hint (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  const char *typed = gtk_editable_get_text (view->entry);
  GpoJudgement judgement;
  g_autofree char *hint = dialogue && gpo_terminal_model_is_open (view->model)
                              ? gpo_dialogue_hint (dialogue, typed)
                              : g_strdup (_ ("Call somebody first"));
  gboolean wrong
      = dialogue && gpo_dialogue_judge (dialogue, typed, &judgement) && judgement.known && !judgement.legal;
  g_autofree char *pasted = gpo_terminal_model_n_pasted (view->model)
                                ? g_strdup_printf (_ ("%u pasted lines wait for replies · %s"),
                                                   gpo_terminal_model_n_pasted (view->model), hint)
                                : g_strdup (hint);
  gtk_label_set_text (view->hint, pasted);
  if (wrong)
    gtk_widget_add_css_class (GTK_WIDGET (view->hint), "refused");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (view->hint), "refused");
}

static void
show_state (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  gboolean open = gpo_terminal_model_is_open (view->model);
  const char *tls = gpo_terminal_model_get_tls (view->model);
  guint awaited = dialogue && open ? gpo_dialogue_n_awaited (dialogue) : 0;
  g_autofree char *waits
      = awaited
            ? g_strdup_printf (ngettext (" · %u reply awaited", " · %u replies awaited", awaited), awaited)
            : g_strdup ("");
  g_autofree char *words
      = dialogue ? g_strconcat (open ? "" : _ ("closed in state "), gpo_dialogue_state (dialogue), waits,
                                tls ? " · " : NULL, tls, NULL)
                 : g_strdup ("");
  gtk_label_set_text (view->state, words);
  gtk_button_set_label (GTK_BUTTON (view->call), open ? _ ("Hang up") : _ ("Call"));
  gtk_widget_set_sensitive (GTK_WIDGET (view->entry), open);
  gtk_widget_set_sensitive (GTK_WIDGET (view->auth), open);
  gtk_widget_set_sensitive (GTK_WIDGET (view->paste), open);
}

static void
on_changed (GpoTerminalView *view)
{
  show_state (view);
  show_hint (view);
}

static void
on_typed (GpoTerminalView *view)
{
  if (!view->filling)
    forget_completions (view);
  show_hint (view);
}

static void
fill (GpoTerminalView *view, const char *text)
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

/* Tab: the first completion, then the next; what is struck out is not legal now. */
static void
complete (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  if (!dialogue)
    return;
  if (view->completing)
    view->completion = (view->completion + 1) % view->completing->len;
  else
    {
      g_autoptr (GPtrArray) found = gpo_dialogue_complete (dialogue, gtk_editable_get_text (view->entry),
                                                           gpo_terminal_model_addresses (view->model));
      if (found->len == 0)
        return;
      view->completing = g_steal_pointer (&found);
      view->completion = 0;
    }
  fill (view, ((GpoSuggestion *) view->completing->pdata[view->completion])->text);
  show_completions (view);
}

/* --- the entry --- */

static void
go_in_history (GpoTerminalView *view, int by)
{
  guint to = (guint) CLAMP ((int) view->place + by, 0, (int) view->history->len);
  view->place = to;
  forget_completions (view);
  fill (view, to < view->history->len ? view->history->pdata[to] : "");
}

static gboolean
on_key (GpoTerminalView *view, guint key, guint code, GdkModifierType state)
{
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK))
    return FALSE;
  if (key == GDK_KEY_Tab)
    complete (view);
  else if (key == GDK_KEY_Up)
    go_in_history (view, -1);
  else if (key == GDK_KEY_Down)
    go_in_history (view, 1);
  else
    return FALSE;
  return TRUE;
}

static void
on_enter (GpoTerminalView *view)
{
  g_autofree char *line = g_strdup (gtk_editable_get_text (view->entry));
  forget_completions (view);
  if (*line)
    g_ptr_array_add (view->history, g_strdup (line));
  view->place = view->history->len;
  fill (view, "");
  gpo_terminal_model_type (view->model, line, typing (view));
}

/* --- calling --- */

static gboolean
is_elsewhere (GpoTerminalView *view)
{
  return gtk_drop_down_get_selected (view->target) >= gpo_terminal_model_n_targets (view->model);
}

static void
on_target (GpoTerminalView *view)
{
  gtk_widget_set_visible (GTK_WIDGET (view->address), is_elsewhere (view));
  gtk_widget_set_visible (GTK_WIDGET (view->protocol), is_elsewhere (view));
}

static void
call (GpoTerminalView *view)
{
  static const GpoProtocol protocols[] = { GPO_PROTOCOL_SMTP, GPO_PROTOCOL_IMAP, GPO_PROTOCOL_POP3 };
  g_autoptr (GError) error = NULL;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view->text), "", 0);
  if (!is_elsewhere (view))
    gpo_terminal_model_call (view->model, gtk_drop_down_get_selected (view->target));
  else if (!gpo_terminal_model_call_address (view->model, gtk_editable_get_text (view->address),
                                             protocols[gtk_drop_down_get_selected (view->protocol)], &error))
    {
      gpo_window_show_problem (view->window, error->message);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

/* --- actions --- */

static void
on_call (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  gtk_widget_activate_action (GTK_WIDGET (view->window), "win.view", "s", "terminal");
  if (gpo_terminal_model_is_open (view->model))
    gpo_terminal_model_hang_up (view->model);
  else
    call (view);
}

static void
on_auth (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_TERMINAL_VIEW (data)->auth);
}

static void
on_paste (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_menu_button_popup (GPO_TERMINAL_VIEW (data)->paste);
}

/* As if somebody typed the line; with an ending it is sent. */
static void
on_type (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  g_autofree char *line = g_variant_dup_string (parameter, NULL);
  gboolean whole = g_str_has_suffix (line, "\n");
  fill (view, g_strchomp (line));
  on_typed (view);
  if (whole)
    on_enter (view);
}

static void
on_complete (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  complete (data);
}

/* STARTTLS as this protocol says it, ready to be sent. */
static void
on_starttls (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GpoTerminalView *view = data;
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  g_autoptr (GPtrArray) smtp = dialogue ? gpo_dialogue_complete (dialogue, "STARTTLS", NULL) : NULL;
  g_autoptr (GPtrArray) pop3 = dialogue ? gpo_dialogue_complete (dialogue, "STLS", NULL) : NULL;
  GPtrArray *found = smtp && smtp->len ? smtp : pop3;
  if (!found || !found->len)
    return;
  fill (view, ((GpoSuggestion *) found->pdata[0])->text);
  show_hint (view);
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

static void
on_prove (GpoTerminalView *view)
{
  GpoDialogue *dialogue = gpo_terminal_model_get_dialogue (view->model);
  GtkStringObject *mechanism = gtk_drop_down_get_selected_item (view->mechanism);
  GpoProof proof = { 0 };
  g_autofree char *problem = NULL, *words = NULL;
  if (!dialogue)
    return;
  if (gpo_dialogue_prove (dialogue, gtk_string_object_get_string (mechanism),
                          gtk_editable_get_text (view->login), gtk_editable_get_text (view->password), &proof,
                          &problem))
    {
      fill (view, proof.line);
      words = g_strdup_printf (_ ("heard:  %s\nplain:  %s\nbase64: %s"), proof.heard ? proof.heard : "–",
                               proof.plain ? proof.plain : "–", proof.plain ? proof.line : "–");
    }
  gtk_label_set_text (view->proof, problem ? problem : words);
  gpo_proof_clear (&proof);
  show_hint (view);
}

static void
paste (GpoTerminalView *view, gboolean at_once)
{
  GtkTextIter start, end;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view->paste_text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  gtk_popover_popdown (view->paste_popover);
  gpo_terminal_model_paste (view->model, text, at_once, typing (view));
  gtk_widget_grab_focus (GTK_WIDGET (view->entry));
}

static void
on_paste_lines (GpoTerminalView *view)
{
  paste (view, FALSE);
}

static void
on_paste_once (GpoTerminalView *view)
{
  paste (view, TRUE);
}

static const GActionEntry actions[] = {
  { "term-call", on_call, NULL, NULL, NULL }, /* or hang up */
  { "term-type", on_type, "s", NULL, NULL },
  { "term-complete", on_complete, NULL, NULL, NULL }, /* Tab in the entry */
  { "term-auth", on_auth, NULL, NULL, NULL },
  { "term-starttls", on_starttls, NULL, NULL, NULL },
  { "term-paste", on_paste, NULL, NULL, NULL },
  { "term-bare-lf", NULL, NULL, "false", NULL },
  { "term-stuff", NULL, NULL, "true", NULL },
};

static void
add_menu (GpoTerminalView *view)
{
  static const struct
  {
    const char *label, *action;
  } entries[] = { { N_ ("_Call or Hang Up"), "win.term-call" },
                  { N_ ("_AUTH, Line by Line…"), "win.term-auth" },
                  { N_ ("_STARTTLS"), "win.term-starttls" },
                  { N_ ("_Paste a Dialogue…"), "win.term-paste" },
                  { N_ ("End Lines with Bare _LF"), "win.term-bare-lf" },
                  { N_ ("Stuff _Dots"), "win.term-stuff" } };
  g_autoptr (GMenu) menu = g_menu_new ();
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_menu_append (menu, _ (entries[i].label), entries[i].action);
  gpo_window_add_menu (view->window, _ ("_Terminal"), G_MENU_MODEL (menu));
}

void
gpo_terminal_view_attach (GpoTerminalView *view, GpoWindow *window)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  view->window = window;
  view->model = gpo_terminal_model_new (gpo_source_get_office (gpo_window_get_source (window)));
  for (guint i = 0; i < gpo_terminal_model_n_targets (view->model); i++)
    gtk_string_list_append (names, gpo_terminal_model_target (view->model, i));
  gtk_string_list_append (names, _ ("another host…"));
  gtk_drop_down_set_model (view->target, G_LIST_MODEL (names));
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), view);
  add_menu (view);
  g_signal_connect_swapped (view->target, "notify::selected", G_CALLBACK (on_target), view);
  g_signal_connect (view->model, "line", G_CALLBACK (on_line), view);
  g_signal_connect_swapped (view->model, "changed", G_CALLBACK (on_changed), view);
  on_target (view);
  on_changed (view);
}

GpoTerminalModel *
gpo_terminal_view_get_model (GpoTerminalView *view)
{
  return view->model;
}

GtkEditable *
gpo_terminal_view_get_entry (GpoTerminalView *view)
{
  return view->entry;
}

const char *
gpo_terminal_view_get_hint (GpoTerminalView *view)
{
  return gtk_label_get_text (view->hint);
}

/* --- the object --- */

static void
gpo_terminal_view_dispose (GObject *object)
{
  GpoTerminalView *view = GPO_TERMINAL_VIEW (object);
  if (view->model)
    {
      g_signal_handlers_disconnect_by_data (view->model, view);
      gpo_terminal_model_close (view->model);
    }
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (view)));)
    gtk_widget_unparent (child);
  g_clear_object (&view->model);
  g_clear_pointer (&view->history, g_ptr_array_unref);
  g_clear_pointer (&view->completing, g_ptr_array_unref);
  G_OBJECT_CLASS (gpo_terminal_view_parent_class)->dispose (object);
}

static void
gpo_terminal_view_class_init (GpoTerminalViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  G_OBJECT_CLASS (class)->dispose = gpo_terminal_view_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/terminal-view.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, GpoTerminalView, name)
  BIND (target);
  BIND (protocol);
  BIND (mechanism);
  BIND (address);
  BIND (entry);
  BIND (login);
  BIND (password);
  BIND (call);
  BIND (prove);
  BIND (paste_lines);
  BIND (paste_once);
  BIND (auth);
  BIND (paste);
  BIND (auth_popover);
  BIND (paste_popover);
  BIND (text);
  BIND (paste_text);
  BIND (state);
  BIND (hint);
  BIND (suggestions);
  BIND (proof);
#undef BIND
}

static void
gpo_terminal_view_init (GpoTerminalView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view->text));
  view->history = g_ptr_array_new_with_free_func (g_free);
  make_tags (view);
  g_signal_connect (adjustment, "notify::upper", G_CALLBACK (stay_at_end), NULL);
  g_signal_connect (adjustment, "notify::page-size", G_CALLBACK (stay_at_end), NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view->entry), keys);
  g_signal_connect_swapped (view->entry, "changed", G_CALLBACK (on_typed), view);
  g_signal_connect_swapped (view->entry, "activate", G_CALLBACK (on_enter), view);
  g_signal_connect_swapped (view->prove, "clicked", G_CALLBACK (on_prove), view);
  g_signal_connect_swapped (view->paste_lines, "clicked", G_CALLBACK (on_paste_lines), view);
  g_signal_connect_swapped (view->paste_once, "clicked", G_CALLBACK (on_paste_once), view);
}
