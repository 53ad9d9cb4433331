/* SPDX-License-Identifier: MIT */
/* tour.c: the cards, and the buttons and keys that turn them. */
#include "tour.h"
#include "i18n.h"
#include "settings.h"

static const struct
{
  const char *title, *text, *figure;
} cards[GPO_TOUR_CARDS] = {
  { N_ ("A small world of mail"),
    N_ ("In the world it comes with, Alice is at athens.example, Bob and Carol are at sparta.example. A "
        "reader gives a letter to its daemon; daemons speak SMTP; the gateway between the towns stores and "
        "forwards. All of it runs inside this program, on real sockets: your own mail program can talk to it "
        "too."),
    N_ ("Athens sends a letter to the gateway, and the gateway to Sparta") },
  { N_ ("Three things in every letter"),
    N_ ("The envelope is what a client says in MAIL FROM and RCPT TO: servers act on it alone. The header is "
        "what stands on top of the letter, and the data is what the letter says. They are three, and they "
        "need not agree: look at them side by side."),
    N_ ("An envelope, a header and data, side by side") },
  { N_ ("Time is yours"),
    N_ ("Everything that happens is an event in one trace, and the window shows the world as of the event "
        "you choose. Space plays and pauses, the full stop steps forward, the comma back, Home and End go to "
        "the ends. With F7 the office itself waits before each line until you let it through."),
    N_ ("Keys: comma steps back, space plays, full stop steps on") },
  { N_ ("Now you"),
    N_ ("Write a letter in the reader, type SMTP by hand in the terminal, take a host down on the map, or "
        "work through a lab: it is checked from the trace while you work. F1 lists all keys; Shift and F1 "
        "bring these cards back."),
    N_ ("A list of tasks, two of them done") },
};

typedef struct
{
  GtkWindow *window;
  GtkStack *stack;
  GtkButton *back, *next;
  GtkLabel *place;
  int card;
} Tour;

static void
show_card (Tour *tour, int card)
{
  char name[8];
  tour->card = CLAMP (card, 0, GPO_TOUR_CARDS - 1);
  g_snprintf (name, sizeof name, "%d", tour->card);
  gtk_stack_set_visible_child_name (tour->stack, name);
  gtk_widget_set_sensitive (GTK_WIDGET (tour->back), tour->card > 0);
  gtk_button_set_label (tour->next, tour->card == GPO_TOUR_CARDS - 1 ? _ ("_Begin") : _ ("_Next"));
  g_autofree char *place = g_strdup_printf (_ ("%d of %d"), tour->card + 1, GPO_TOUR_CARDS);
  gtk_label_set_text (tour->place, place);
}

static void
on_next (Tour *tour)
{
  if (tour->card == GPO_TOUR_CARDS - 1)
    gtk_window_destroy (tour->window);
  else
    show_card (tour, tour->card + 1);
}

static void
on_back (Tour *tour)
{
  show_card (tour, tour->card - 1);
}

static gboolean
on_key (Tour *tour, guint key)
{
  if (key == GDK_KEY_Escape)
    gtk_window_destroy (tour->window);
  else if (key == GDK_KEY_Right || key == GDK_KEY_Page_Down)
    show_card (tour, tour->card + 1);
  else if (key == GDK_KEY_Left || key == GDK_KEY_Page_Up)
    show_card (tour, tour->card - 1);
  else
    return FALSE;
  return TRUE;
}

static void
draw_figure (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer card)
{
  gpo_tour_draw (cr, GPOINTER_TO_INT (card), GTK_WIDGET (area), width, height);
}

static GtkWidget *
make_card (int i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *figure = gtk_drawing_area_new ();
  GtkWidget *title = gtk_label_new (_ (cards[i].title)), *text = gtk_label_new (_ (cards[i].text));
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (figure), 190);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (figure), draw_figure, GINT_TO_POINTER (i), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (figure), GTK_ACCESSIBLE_PROPERTY_LABEL, _ (cards[i].figure),
                                  -1);
  gtk_widget_add_css_class (title, "tour-title");
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_width_chars (GTK_LABEL (text), 54);
  gtk_label_set_max_width_chars (GTK_LABEL (text), 54);
  gtk_widget_set_valign (text, GTK_ALIGN_START);
  gtk_widget_set_vexpand (text, TRUE);
  gtk_box_append (GTK_BOX (box), figure);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), text);
  return box;
}

static GtkWidget *
make_buttons (Tour *tour)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  tour->back = GTK_BUTTON (gtk_button_new_with_mnemonic (_ ("_Back")));
  tour->next = GTK_BUTTON (gtk_button_new_with_mnemonic (_ ("_Next")));
  tour->place = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (tour->next), "suggested-action");
  gtk_widget_set_hexpand (GTK_WIDGET (tour->place), TRUE);
  gtk_button_set_use_underline (tour->next, TRUE);
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (tour->back));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (tour->place));
  gtk_box_append (GTK_BOX (row), GTK_WIDGET (tour->next));
  g_signal_connect_swapped (tour->back, "clicked", G_CALLBACK (on_back), tour);
  g_signal_connect_swapped (tour->next, "clicked", G_CALLBACK (on_next), tour);
  return row;
}

GtkWidget *
gpo_tour_show (GtkWindow *parent)
{
  Tour *tour = g_new0 (Tour, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  tour->window = GTK_WINDOW (gtk_window_new ());
  tour->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_transition_type (tour->stack, GTK_STACK_TRANSITION_TYPE_SLIDE_LEFT_RIGHT);
  for (int i = 0; i < GPO_TOUR_CARDS; i++)
    {
      char name[8];
      g_snprintf (name, sizeof name, "%d", i);
      gtk_stack_add_named (tour->stack, make_card (i), name);
    }
  gtk_widget_add_css_class (box, "tour");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (tour->stack));
  gtk_box_append (GTK_BOX (box), make_buttons (tour));
  gtk_window_set_child (tour->window, box);
  gtk_window_set_title (tour->window, _ ("Welcome to the Glass Post Office"));
  gtk_window_set_transient_for (tour->window, parent);
  gtk_window_set_modal (tour->window, parent != NULL);
  gtk_window_set_resizable (tour->window, FALSE);
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), tour);
  gtk_widget_add_controller (GTK_WIDGET (tour->window), keys);
  g_object_set_data_full (G_OBJECT (tour->window), "tour", tour, g_free);
  show_card (tour, 0);
  gpo_settings_set_number ("tour-seen", TRUE);
  gtk_window_present (tour->window);
  gtk_widget_grab_focus (GTK_WIDGET (tour->next));
  return GTK_WIDGET (tour->window);
}

int
gpo_tour_get_card (GtkWidget *window)
{
  return ((Tour *) g_object_get_data (G_OBJECT (window), "tour"))->card;
}

void
gpo_tour_next (GtkWidget *window)
{
  on_next (g_object_get_data (G_OBJECT (window), "tour"));
}
