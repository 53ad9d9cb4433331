/* SPDX-License-Identifier: MIT */
/* grade.c: traces into grades. See grade.h. */
#include "lab/grade.h"
#include "lab/hand-in.h"
#include "trace/trace-read.h"
#include <gio/gio.h>
#include <string.h>

#define STEP (256 * 1024)
#define MAX_PROBLEMS 1000

struct GpoGrader
{
  GPtrArray *labs;
  GPtrArray *grades;
  GHashTable *by_name; /* "lab\nstudent" → GpoLabGrade of `grades` */
  GPtrArray *problems;
  guint skipped, files;
};

void
gpo_lab_grade_free (GpoLabGrade *grade)
{
  for (guint i = 0; i < grade->lab->items->len; i++)
    g_free (grade->why[i]);
  g_free (grade->why);
  g_free (grade->made);
  g_free (grade->verdicts);
  g_free (grade->student);
  g_free (grade->source);
  g_free (grade);
}

GpoGrader *
gpo_grader_new (GPtrArray *labs)
{
  GpoGrader *grader = g_new0 (GpoGrader, 1);
  grader->labs = g_ptr_array_ref (labs);
  grader->grades = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_lab_grade_free);
  grader->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  grader->problems = g_ptr_array_new_with_free_func (g_free);
  return grader;
}

void
gpo_grader_free (GpoGrader *grader)
{
  g_ptr_array_unref (grader->labs);
  g_ptr_array_unref (grader->grades);
  g_ptr_array_unref (grader->problems);
  g_hash_table_unref (grader->by_name);
  g_free (grader);
}

/* --- what is wrong --- */

/* A name that was handed in, fit for a terminal, a table and XML: UTF-8, and no control characters. */
static char *
harmless (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *out = g_string_new (NULL);
  for (const char *p = valid; *p; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      g_string_append_c (out, '?');
    else
      g_string_append_unichar (out, g_utf8_get_char (p));
  return g_string_free (out, FALSE);
}

/* Takes the text. */
static void
note_problem (GpoGrader *grader, char *text)
{
  if (grader->problems->len < MAX_PROBLEMS)
    g_ptr_array_add (grader->problems, harmless (text));
  g_free (text);
}

void
gpo_grader_skip (GpoGrader *grader, const char *source, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  grader->skipped++;
  note_problem (grader, g_strdup_printf ("%s: skipped: %s", source, words));
}

/* --- one trace --- */

static GpoLabGrade *
grade_of (GpoGrader *grader, const GpoLab *lab, const char *student)
{
  g_autofree char *key = g_strdup_printf ("%s\n%s", lab->name, student);
  GpoLabGrade *grade = g_hash_table_lookup (grader->by_name, key);
  if (grade)
    return grade;
  grade = g_new0 (GpoLabGrade, 1);
  grade->student = harmless (student);
  grade->lab = lab;
  grade->of = gpo_lab_n_to_pass (lab);
  grade->failure = -1;
  grade->verdicts = g_new0 (GpoLabVerdict, lab->items->len);
  grade->why = g_new0 (char *, lab->items->len);
  grade->made = g_new0 (gboolean, lab->items->len);
  g_ptr_array_add (grader->grades, grade);
  g_hash_table_insert (grader->by_name, g_steal_pointer (&key), grade);
  return grade;
}

static char *
why_not (GpoLabJudge *judge, GpoLog *log, guint i)
{
  g_autoptr (GString) out = g_string_new (NULL);
  GpoLabResult result;
  gpo_lab_judge_result (judge, log, i, &result);
  if (result.says)
    g_string_append (out, result.says);
  else if (result.seen && result.expected)
    g_string_append_printf (out, "expected %s, seen %s", result.expected, result.seen);
  else if (result.seen)
    g_string_append_printf (out, "%s is not right", result.seen);
  else if (result.waits_for >= 0)
    g_string_append_printf (out, "not reached: \"%s\" comes first",
                            gpo_lab_item (gpo_lab_judge_lab (judge), (guint) result.waits_for)->says);
  else
    g_string_append (out, "not reached");
  if (result.event != G_MAXUINT64)
    g_string_append_printf (out, " (event %" G_GUINT64_FORMAT ")", result.event);
  if (result.bytes)
    g_string_append_printf (out, ": %s", result.bytes);
  gpo_lab_result_clear (&result);
  return g_strdup (out->str);
}

/* The first item in the order of steps that is not passed; one that was tried comes before one that was not.
 */
static int
first_failure (const GpoLabGrade *grade)
{
  int found[] = { -1, -1 };
  for (guint i = 0; i < grade->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (grade->lab, i);
      if (item->type == GPO_LAB_MISTAKE || grade->verdicts[i] == GPO_LAB_PASSED)
        continue;
      int *best = &found[grade->verdicts[i]];
      if (*best < 0 || item->step < gpo_lab_item (grade->lab, (guint) *best)->step)
        *best = (int) i;
    }
  return found[GPO_LAB_FAILED] >= 0 ? found[GPO_LAB_FAILED] : found[GPO_LAB_NOT_REACHED];
}

static void
add_to_grade (GpoLabGrade *grade, GpoLabJudge *judge, GpoLog *log)
{
  grade->traces++;
  grade->hints += gpo_lab_judge_hints (judge);
  grade->minutes += gpo_lab_judge_minutes (judge);
  grade->version = MAX (grade->version, gpo_lab_judge_version (judge));
  grade->passed = 0;
  for (guint i = 0; i < grade->lab->items->len; i++)
    {
      const GpoLabItem *item = gpo_lab_item (grade->lab, i);
      if (item->type == GPO_LAB_MISTAKE)
        {
          grade->made[i] = grade->made[i] || gpo_lab_judge_made (judge, i, NULL);
          continue;
        }
      GpoLabResult result;
      gpo_lab_judge_result (judge, NULL, i, &result);
      GpoLabVerdict verdict = result.verdict;
      gpo_lab_result_clear (&result);
      if (verdict >= grade->verdicts[i] && grade->verdicts[i] != GPO_LAB_PASSED)
        {
          g_free (grade->why[i]);
          grade->why[i] = verdict == GPO_LAB_PASSED ? NULL : why_not (judge, log, i);
          grade->verdicts[i] = verdict;
        }
      grade->passed += grade->verdicts[i] == GPO_LAB_PASSED;
    }
  grade->failure = first_failure (grade);
}

typedef struct
{
  GpoLog *log;
  GPtrArray *judges;
} Reading;

/* Judges take events before the bounded log lets go of them. */
static void
judge_new (Reading *reading)
{
  for (guint i = 0; i < reading->judges->len; i++)
    gpo_lab_judge_update (reading->judges->pdata[i], reading->log);
}

/* Two files that name the same student may be a mix-up, or worse. */
static void
note_source (GpoGrader *grader, GpoLabGrade *grade, const char *source)
{
  gsize n = strcspn (source, " ");
  if (!grade->source)
    grade->source = g_strdup (source);
  else if (strncmp (grade->source, source, n) != 0)
    note_problem (grader, g_strdup_printf ("%s: is %s's for %s, as %s is; they count together", source,
                                           grade->student, grade->lab->name, grade->source));
}

static void
put_grades (GpoGrader *grader, Reading *reading, const char *source, const char *student)
{
  gboolean said = FALSE;
  for (guint i = 0; i < reading->judges->len; i++)
    said |= gpo_lab_judge_version (reading->judges->pdata[i]) > 0;
  for (guint i = 0; i < reading->judges->len; i++)
    {
      GpoLabJudge *judge = reading->judges->pdata[i];
      const char *person = gpo_lab_judge_person (judge);
      if (said && gpo_lab_judge_version (judge) == 0)
        continue;
      gboolean dated = g_ascii_isdigit (*student) && strchr (student, 'T');
      GpoLabGrade *grade
          = grade_of (grader, gpo_lab_judge_lab (judge), person && *person && dated ? person : student);
      note_source (grader, grade, source);
      add_to_grade (grade, judge, reading->log);
    }
}

void
gpo_grader_take_bytes (GpoGrader *grader, const char *source, const char *student, const char *lab,
                       const char *bytes, gsize length)
{
  g_autoptr (GpoLog) log = gpo_log_new ();
  g_autoptr (GPtrArray) judges = g_ptr_array_new_with_free_func ((GDestroyNotify) gpo_lab_judge_free);
  g_autoptr (GpoTraceReader) reader = gpo_trace_reader_new (log, source);
  g_autoptr (GError) error = NULL;
  Reading reading = { .log = log, .judges = judges };
  gboolean good = TRUE;
  for (guint i = 0; i < grader->labs->len; i++)
    if (!lab || strcmp (lab, ((GpoLab *) grader->labs->pdata[i])->name) == 0)
      g_ptr_array_add (judges, gpo_lab_judge_new (grader->labs->pdata[i]));
  for (gsize at = 0; at < length && good && judges->len; at += STEP)
    {
      good = gpo_trace_reader_feed (reader, bytes + at, MIN (STEP, length - at), &error);
      judge_new (&reading);
    }
  if (good && judges->len)
    good = gpo_trace_reader_end (reader, &error);
  judge_new (&reading);
  if (!good)
    gpo_grader_skip (grader, source, "%s", error->message);
  else if (judges->len)
    put_grades (grader, &reading, source, student);
  const char *const *problems = gpo_trace_reader_problems (reader);
  for (guint i = 0; good && i < 3 && problems[i]; i++)
    note_problem (grader, g_strdup (problems[i]));
}

/* --- files and folders --- */

/* "carol.trace" is Carol's; "carol/run.trace" too. */
static char *
student_of (const char *path, const char *folder_student)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');
  if (folder_student)
    return g_strdup (folder_student);
  if (dot && dot > base)
    *dot = 0;
  return g_utf8_make_valid (base, -1);
}

static void
take_file (GpoGrader *grader, const char *path, guint64 size, const char *folder_student)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;
  if (size > GPO_GRADE_MAX_FILE)
    gpo_grader_skip (grader, path, "is larger than %u MB", (guint) (GPO_GRADE_MAX_FILE >> 20));
  else if (!g_file_get_contents (path, &bytes, &length, &error))
    gpo_grader_skip (grader, path, "%s", error->message);
  else
    {
      g_autofree char *student = student_of (path, folder_student);
      if (gpo_hand_in_is (bytes, length))
        gpo_hand_in_grade (grader, path, student, bytes, length);
      else
        gpo_grader_take_bytes (grader, path, student, NULL, bytes, length);
    }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void take_path (GpoGrader *grader, const char *path, guint depth, const char *folder_student);

static void
take_folder (GpoGrader *grader, const char *path, guint depth)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = depth <= GPO_GRADE_MAX_DEPTH ? g_dir_open (path, 0, &error) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  if (!dir)
    {
      gpo_grader_skip (grader, path, "%s", error ? error->message : "lies in too many folders");
      return;
    }
  for (const char *name; (name = g_dir_read_name (dir)) && names->len <= GPO_GRADE_MAX_FILES;)
    if (*name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_paths);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *student = g_utf8_make_valid (base, -1);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *inside = g_build_filename (path, names->pdata[i], NULL);
      take_path (grader, inside, depth + 1, depth > 0 ? student : NULL);
    }
}

/* Links are not followed below the first path: what is handed in shall not lead elsewhere. */
static void
take_path (GpoGrader *grader, const char *path, guint depth, const char *folder_student)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, "standard::type,standard::size",
      depth ? G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS : G_FILE_QUERY_INFO_NONE, NULL, &error);
  if (grader->files++ >= GPO_GRADE_MAX_FILES)
    {
      if (grader->files == GPO_GRADE_MAX_FILES + 1)
        gpo_grader_skip (grader, path, "it and all behind it: more than %d files; grade them in parts",
                         GPO_GRADE_MAX_FILES);
      return;
    }
  if (!info)
    gpo_grader_skip (grader, path, "%s", error->message);
  else if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    take_folder (grader, path, depth);
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    gpo_grader_skip (grader, path, "is neither a file nor a folder");
  else
    take_file (grader, path, (guint64) g_file_info_get_size (info), folder_student);
}

void
gpo_grader_take (GpoGrader *grader, const char *path)
{
  take_path (grader, path, 0, NULL);
}

/* --- what came of it --- */

static int
compare_grades (gconstpointer a, gconstpointer b)
{
  const GpoLabGrade *x = *(const GpoLabGrade *const *) a, *y = *(const GpoLabGrade *const *) b;
  int order = strcmp (x->lab->name, y->lab->name);
  return order ? order : strcmp (x->student, y->student);
}

GPtrArray *
gpo_grader_grades (GpoGrader *grader)
{
  g_ptr_array_sort (grader->grades, compare_grades);
  return grader->grades;
}

const char *const *
gpo_grader_problems (GpoGrader *grader)
{
  if (grader->problems->len == 0 || grader->problems->pdata[grader->problems->len - 1])
    g_ptr_array_add (grader->problems, NULL);
  return (const char *const *) grader->problems->pdata;
}

guint
gpo_grader_skipped (const GpoGrader *grader)
{
  return grader->skipped;
}

/* --- CSV: RFC 4180 §2 --- */

static void
append_cell (GString *out, const char *text)
{
  g_string_append (out, "\"");
  if (strchr ("=+-@\t\r", *text) && *text)
    g_string_append_c (out, '\'');
  for (const char *p = text; *p; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c == '"')
        g_string_append (out, "\"\"");
      else
        g_string_append_unichar (out, g_unichar_isprint (c) ? c : ' ');
    }
  g_string_append (out, "\"");
}

void
gpo_grade_csv_head (GString *out)
{
  g_string_append (out, "student,lab,version,passed,of,minutes,hints,first failure\r\n");
}

void
gpo_grade_csv (GString *out, const GpoLabGrade *grade)
{
  char minutes[G_ASCII_DTOSTR_BUF_SIZE];
  append_cell (out, grade->student);
  g_string_append_c (out, ',');
  append_cell (out, grade->lab->name);
  g_string_append_printf (out, ",%u,%u,%u,%s,%u,", grade->version ? grade->version : grade->lab->version,
                          grade->passed, grade->of,
                          g_ascii_formatd (minutes, sizeof minutes, "%.1f", grade->minutes), grade->hints);
  append_cell (out, grade->failure < 0 ? "" : gpo_lab_item (grade->lab, (guint) grade->failure)->name);
  g_string_append (out, "\r\n");
}
