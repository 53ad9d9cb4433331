/* SPDX-License-Identifier: MIT */
/* window.c: the views of one window and its actions. */
#include "window.h"
#include "caption.h"
#include "event-words.h"
#include "export.h"
#include "hold-bar.h"
#include "i18n.h"
#include "note-bar.h"
#include "panes.h"
#include "window-card.h"
#include "window-time.h"
#include "window-undo.h"

struct _GpoWindow
{
  GtkApplicationWindow parent_instance;
  GtkLabel *title, *subtitle, *caption, *problem_text;
  GtkProgressBar *progress;
  GtkInfoBar *problem;
  GtkStack *lists, *views;
  GtkWidget *sidebar;
  GtkBox *beside, *strips;
  GtkWidget *switcher;
  GMenu *views_section;
  GpoSubjectList *sessions, *letters;
  GpoLetterView *letter;
  GpoTimeBar *time;
  GpoSource *source;
  GpoCursor *cursor;
};

G_DEFINE_FINAL_TYPE (GpoWindow, gpo_window, GTK_TYPE_APPLICATION_WINDOW)

/* --- actions --- */

static void
on_session (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_cursor_choose (GPO_WINDOW (data)->cursor, GPO_SUBJECT_SESSION, g_variant_get_uint32 (parameter));
}

static void
on_sessions (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gsize n;
  const guint32 *numbers = g_variant_get_fixed_array (parameter, &n, sizeof (guint32));
  gpo_cursor_choose_sessions (GPO_WINDOW (data)->cursor, numbers, (guint) n);
}

static void
on_letter (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_cursor_choose (GPO_WINDOW (data)->cursor, GPO_SUBJECT_LETTER, g_variant_get_uint32 (parameter));
}

static void
on_host (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gpo_cursor_choose (GPO_WINDOW (data)->cursor, GPO_SUBJECT_HOST,
                     gpo_symbol (g_variant_get_string (parameter, NULL)));
}

static void
on_everything (GSimpleAction *action, GVariant *state, gpointer data)
{
  gpo_cursor_choose (GPO_WINDOW (data)->cursor, GPO_SUBJECT_EVERYTHING, 0);
}

static void
on_list (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_stack_set_visible_child_name (GPO_WINDOW (data)->lists, g_variant_get_string (parameter, NULL));
}

static void
on_view (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_stack_set_visible_child_name (GPO_WINDOW (data)->views, g_variant_get_string (parameter, NULL));
}

/* F9: more room for the view. */
static void
on_sidebar (GSimpleAction *action, GVariant *state, gpointer data)
{
  gtk_widget_set_visible (GPO_WINDOW (data)->sidebar, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

/* F11: the chosen view alone, in large type, on the whole screen. */
static void
on_present (GSimpleAction *action, GVariant *state, gpointer data)
{
  GpoWindow *window = data;
  gboolean presenting = g_variant_get_boolean (state);
  g_autoptr (GVariant) shown = g_action_group_get_action_state (G_ACTION_GROUP (window), "sidebar");
  gtk_widget_set_visible (window->sidebar, !presenting && g_variant_get_boolean (shown));
  if (presenting)
    {
      gtk_widget_add_css_class (GTK_WIDGET (window), "presenting");
      gtk_window_fullscreen (GTK_WINDOW (window));
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (window), "presenting");
      gtk_window_unfullscreen (GTK_WINDOW (window));
    }
  g_simple_action_set_state (action, state);
}

static void
on_filter (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_stack_set_visible_child_name (GPO_WINDOW (data)->views, "transcript");
  gpo_transcript_view_focus_filter (gpo_window_get_transcript (data));
}

/* GTK would make it for each window as it opens, were it in its place among the resources: 25 ms. */
GtkShortcutsWindow *
gpo_window_get_help (GpoWindow *window)
{
  GtkApplicationWindow *of = GTK_APPLICATION_WINDOW (window);
  if (!gtk_application_window_get_help_overlay (of))
    {
      g_autoptr (GtkBuilder) builder
          = gtk_builder_new_from_resource ("/org/glasspost/Glasspost/help-overlay.ui");
      gtk_application_window_set_help_overlay (
          of, GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }
  return gtk_application_window_get_help_overlay (of);
}

/* The first time; from then on the action is GTK's own. */
static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (gpo_window_get_help (data)));
}

static const GActionEntry actions[] = {
  { "session", on_session, "u", NULL, NULL },    /* choose one */
  { "sessions", on_sessions, "au", NULL, NULL }, /* choose several */
  { "letter", on_letter, "u", NULL, NULL },
  { "host", on_host, "s", NULL, NULL }, /* by its name */
  { "everything", NULL, NULL, "true", on_everything },
  { "list", on_list, "s", NULL, NULL }, /* sessions, letters */
  { "view", on_view, "s", NULL, NULL }, /* a name of panes.c */
  { "sidebar", NULL, NULL, "true", on_sidebar },
  { "present", NULL, NULL, "false", on_present },
  { "show-help-overlay", on_help, NULL, NULL, NULL },
  { "filter", on_filter, NULL, NULL, NULL }, /* go to the filter */
};

/* --- keeping up --- */

static void
show_place (GpoWindow *window)
{
  guint64 length = gpo_cursor_get_length (window->cursor), n = gpo_cursor_get_n (window->cursor);
  const GpoEvent *event = length ? gpo_log_get (gpo_cursor_get_log (window->cursor), n) : NULL;
  g_autofree char *time = gpo_time_words (event ? event->time : 0);
  gboolean live = gpo_source_get_office (window->source) && gpo_cursor_get_following (window->cursor);
  g_autofree char *text = g_strdup_printf (_ ("%s · event %lu of %lu · %s s"),
                                           live                                     ? _ ("live")
                                           : gpo_source_get_office (window->source) ? _ ("looking back")
                                                                                    : _ ("recorded"),
                                           (gulong) (length ? n : 0), (gulong) length, time);
  gtk_label_set_text (window->subtitle, text);
  g_autofree char *caption = gpo_caption (window->cursor);
  gtk_label_set_text (window->caption, caption);
}

static void
show_subject (GpoWindow *window)
{
  show_place (window);
  GpoSubject subject = gpo_cursor_get_subject (window->cursor, NULL);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "everything");
  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (subject == GPO_SUBJECT_EVERYTHING));
  if (subject == GPO_SUBJECT_LETTER)
    gtk_stack_set_visible_child_name (window->lists, "letters");
  else if (subject == GPO_SUBJECT_SESSION || subject == GPO_SUBJECT_SESSIONS)
    gtk_stack_set_visible_child_name (window->lists, "sessions");
}

static void
show_progress (GpoWindow *window)
{
  double progress = gpo_source_get_progress (window->source);
  const char *problem = progress >= 1 ? gpo_source_get_problem (window->source) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (window->progress), progress < 1);
  gtk_progress_bar_set_fraction (window->progress, progress);
  gtk_label_set_text (window->problem_text, problem ? problem : "");
  gtk_info_bar_set_revealed (window->problem, problem != NULL);
}

void
gpo_window_show_problem (GpoWindow *window, const char *text)
{
  gtk_label_set_text (window->problem_text, text);
  gtk_info_bar_set_revealed (window->problem, TRUE);
}

void
gpo_window_add_menu (GpoWindow *window, const char *label, GMenuModel *menu)
{
  g_menu_append_submenu (window->views_section, label, menu);
}

static void
on_problem_closed (GtkInfoBar *bar)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

/* --- the object --- */

static void
close_popovers (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child))
      close_popovers (child);
    else if (gtk_widget_get_visible (child))
      gtk_popover_popdown (GTK_POPOVER (child));
}

/* A window that goes takes its popovers' surfaces along, and GTK 4.8 then asks where the pointer is on one
 * that is gone, for a tooltip. So they are closed first. */
static void
gpo_window_unmap (GtkWidget *widget)
{
  close_popovers (widget);
  GTK_WIDGET_CLASS (gpo_window_parent_class)->unmap (widget);
}

static void
gpo_window_dispose (GObject *object)
{
  GpoWindow *window = GPO_WINDOW (object);
  if (window->cursor)
    g_signal_handlers_disconnect_by_data (window->cursor, window);
  if (window->source)
    g_signal_handlers_disconnect_by_data (window->source, window);
  G_OBJECT_CLASS (gpo_window_parent_class)->dispose (object);
  /* the views are gone now, and nothing looks at the log any more; a wake-up on its way may hold the source,
   * the office ends in order all the same */
  g_clear_object (&window->cursor);
  if (window->source)
    gpo_source_close (window->source);
  g_clear_object (&window->source);
}

static void
gpo_window_class_init (GpoWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  g_type_ensure (GPO_TYPE_SUBJECT_LIST);
  g_type_ensure (GPO_TYPE_LETTER_VIEW);
  g_type_ensure (GPO_TYPE_TIME_BAR);
  G_OBJECT_CLASS (class)->dispose = gpo_window_dispose;
  widget_class->unmap = gpo_window_unmap;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/glasspost/Glasspost/window.ui");
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, title);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, caption);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, problem_text);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, lists);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, sessions);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, letters);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, letter);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, views);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, beside);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, strips);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, views_section);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, switcher);
  gtk_widget_class_bind_template_child (widget_class, GpoWindow, time);
}

/* At large text the names of the views do not all fit: the one that is shown is brought into view. */
static void
show_name (GpoWindow *window)
{
  GtkWidget *scroll = gtk_widget_get_ancestor (window->switcher, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *along = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroll));
  GtkWidget *name = gtk_widget_get_first_child (window->switcher),
            *shown = gtk_stack_get_visible_child (window->views);
  for (GtkWidget *page = gtk_widget_get_first_child (GTK_WIDGET (window->views));
       name && page && page != shown; page = gtk_widget_get_next_sibling (page))
    name = gtk_widget_get_next_sibling (name);
  graphene_rect_t at;
  if (name && gtk_widget_compute_bounds (name, window->switcher, &at))
    gtk_adjustment_clamp_page (along, at.origin.x, at.origin.x + at.size.width);
}

/* The views of panes.c: pages of the stack, and entries of the menu. */
static void
add_panes (GpoWindow *window)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  for (const GpoPane *pane = gpo_panes; pane->name; pane++)
    {
      g_autofree char *action = g_strconcat ("win.view::", pane->name, NULL);
      GtkWidget *view = g_object_new (pane->get_type (), NULL), *page;
      /* a view that is larger than its place on a small screen, at large text, scrolls */
      page = gtk_scrolled_window_new ();
      gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (page),
                                      pane->scrolled ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC,
                                      GTK_POLICY_AUTOMATIC);
      gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (page), 120);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (page), view);
      g_object_set_data (G_OBJECT (page), "view", view);
      gtk_stack_add_titled (window->views, page, pane->name, _ (pane->title));
      g_menu_append (menu, _ (pane->title), action);
    }
  g_menu_append_submenu (window->views_section, _ ("_View"), G_MENU_MODEL (menu));
}

static void
gpo_window_init (GpoWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  add_panes (window);
  /* many views: each button as wide as its word */
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (window->switcher);
  if (GTK_IS_BOX_LAYOUT (layout))
    gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), FALSE);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), window);
  g_signal_connect_swapped (window->views, "notify::visible-child", G_CALLBACK (show_name), window);
  g_signal_connect (window->problem, "response", G_CALLBACK (on_problem_closed), NULL);
}

GpoWindow *
gpo_window_new (GtkApplication *app, GpoSource *source)
{
  GpoWindow *window = g_object_new (GPO_TYPE_WINDOW, "application", app, NULL);
  window->source = g_object_ref (source);
  window->cursor = g_object_ref (gpo_source_get_cursor (source));
  gtk_label_set_text (window->title, gpo_source_get_title (source));
  gtk_window_set_title (GTK_WINDOW (window), gpo_source_get_title (source));
  gpo_subject_list_set (window->sessions, window->cursor, GPO_SUBJECT_SESSION);
  gpo_subject_list_set (window->letters, window->cursor, GPO_SUBJECT_LETTER);
  gpo_letter_view_set_cursor (window->letter, window->cursor);
  gpo_time_bar_set_cursor (window->time, window->cursor, gpo_source_get_office (source) != NULL);
  g_signal_connect_swapped (window->cursor, "notify::n", G_CALLBACK (show_place), window);
  g_signal_connect_swapped (window->cursor, "notify::length", G_CALLBACK (show_place), window);
  g_signal_connect_swapped (window->cursor, "notify::following", G_CALLBACK (show_place), window);
  g_signal_connect_swapped (window->cursor, "notify::subject", G_CALLBACK (show_subject), window);
  g_signal_connect_swapped (source, "notify::progress", G_CALLBACK (show_progress), window);
  show_place (window);
  show_progress (window);
  for (const GpoPane *pane = gpo_panes; pane->name; pane++)
    pane->attach (gpo_window_get_pane (window, pane->name), window);
  gpo_window_card_attach (window);
  gpo_window_time_attach (window);
  gpo_note_bar_attach (window);
  gpo_hold_bar_attach (window);
  gpo_export_attach (window);
  gpo_window_undo_attach (window);
  gpo_transcript_view_focus_list (gpo_window_get_transcript (window));
  if (gpo_source_get_office (source)) /* a world that lives is seen first, a recording is read */
    gtk_stack_set_visible_child_name (window->views, "map");
  return window;
}

GpoSource *
gpo_window_get_source (GpoWindow *window)
{
  return window->source;
}

GpoCursor *
gpo_window_get_cursor (GpoWindow *window)
{
  return window->cursor;
}

const char *
gpo_window_get_shown (GpoWindow *window)
{
  return gtk_stack_get_visible_child_name (window->views);
}

GpoTranscriptView *
gpo_window_get_transcript (GpoWindow *window)
{
  return GPO_TRANSCRIPT_VIEW (gpo_window_get_pane (window, "transcript"));
}

GpoPlayer *
gpo_window_get_player (GpoWindow *window)
{
  return gpo_time_bar_get_player (window->time);
}

GpoTimeBar *
gpo_window_get_time_bar (GpoWindow *window)
{
  return window->time;
}

GpoLadderView *
gpo_window_get_ladder (GpoWindow *window)
{
  return GPO_LADDER_VIEW (gpo_window_get_pane (window, "ladder"));
}

GpoStateView *
gpo_window_get_states (GpoWindow *window)
{
  return GPO_STATE_VIEW (gpo_window_get_pane (window, "states"));
}

const char *
gpo_window_get_caption (GpoWindow *window)
{
  return gtk_label_get_text (window->caption);
}

GpoLetterView *
gpo_window_get_letter (GpoWindow *window)
{
  return window->letter;
}

GpoSubjectList *
gpo_window_get_sessions (GpoWindow *window)
{
  return window->sessions;
}

GpoSubjectList *
gpo_window_get_letters (GpoWindow *window)
{
  return window->letters;
}

GtkWidget *
gpo_window_get_pane (GpoWindow *window, const char *name)
{
  GtkWidget *page = gtk_stack_get_child_by_name (window->views, name);
  return page ? g_object_get_data (G_OBJECT (page), "view") : NULL;
}

void
gpo_window_add_strip (GpoWindow *window, GtkWidget *strip)
{
  gtk_box_append (window->strips, strip);
}

void
gpo_window_add_side (GpoWindow *window, GtkWidget *side)
{
  gtk_box_append (window->beside, side);
}
