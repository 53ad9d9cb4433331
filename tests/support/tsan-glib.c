/* SPDX-License-Identifier: MIT */
/* tsan-glib.c: tells ThreadSanitizer what GLib's locks mean; linked into tests with -Db_sanitize=thread.
 *
 * Debian's GLib is not built for TSan and its locks are futexes of its own, so TSan sees every field
 * they guard as a race. These stand in front of GLib's functions: a lock acquires what the last unlock
 * released; what is handed to another thread (a pool's task, a call into a main context, a GTask) is released
 * by the giver and acquired by the taker. Threads are pthreads and atomics are compiler built-ins; those TSan
 * knows by itself. */
#include <dlfcn.h>
#include <gio/gio.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* Threads may look a function up at the same time; they find the same. */
#define REAL(name)                                                                                                \
  static gpointer found;                                                                                          \
  gpointer known = __atomic_load_n (&found, __ATOMIC_RELAXED);                                                    \
  if (known == NULL)                                                                                              \
    __atomic_store_n (&found, known = dlsym (RTLD_NEXT, #name), __ATOMIC_RELAXED);                                \
  __typeof__ (&name) real = (__typeof__ (&name)) known

#undef g_mutex_lock
#undef g_mutex_unlock

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  REAL (g_cond_wait_until);
  __tsan_release (mutex);
  gboolean signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

/* --- counted references: what was done to a thing before is known to who frees it --- */

#undef g_atomic_ref_count_dec

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  REAL (g_atomic_ref_count_dec);
  __tsan_release (count);
  gboolean last = real (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

/* --- thread pools --- */

typedef struct
{
  GFunc func;
  gpointer data;
} Pool;

static void
pool_work (gpointer task, gpointer data)
{
  const Pool *pool = data;
  __tsan_acquire (task);
  pool->func (task, pool->data);
  __tsan_release ((gpointer) pool);
}

/* Never freed: a pool may outlive who made it, and tests make few. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error)
{
  REAL (g_thread_pool_new);
  Pool *pool = g_new (Pool, 1);
  *pool = (Pool){ func, data };
  return real (pool_work, pool, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer task, GError **error)
{
  REAL (g_thread_pool_push);
  __tsan_release (task);
  return real (pool, task, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  REAL (g_thread_pool_free);
  gpointer own = pool->user_data;
  real (pool, immediate, wait);
  if (wait)
    __tsan_acquire (own);
}

/* --- calls into another thread's main context --- */

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Call;

static gboolean
call_run (gpointer data)
{
  Call *call = data;
  __tsan_acquire (call);
  __tsan_acquire (g_main_current_source ());
  return call->func (call->data);
}

static void
call_free (gpointer data)
{
  Call *call = data;
  if (call->notify)
    call->notify (call->data);
  g_free (call);
}

static Call *
call_new (GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Call *call = g_new (Call, 1);
  *call = (Call){ func, data, notify };
  __tsan_release (call);
  return call;
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, call_run, call_new (func, data, NULL), call_free);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  REAL (g_source_attach);
  __tsan_release (source);
  return real (source, context);
}

/* Only idle sources and time-outs: the functions of others have other arguments. */
void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_source_set_callback);
  if (func && (source->source_funcs == &g_idle_funcs || source->source_funcs == &g_timeout_funcs))
    real (source, call_run, call_new (func, data, notify), call_free);
  else
    real (source, func, data, notify);
}

/* --- GTask --- */

static void
task_work (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  __tsan_acquire (task);
  ((GTaskThreadFunc) g_object_get_data (G_OBJECT (task), "tsan-work")) (task, object, data, cancellable);
}

void
g_task_run_in_thread (GTask *task, GTaskThreadFunc func)
{
  REAL (g_task_run_in_thread);
  g_object_set_data (G_OBJECT (task), "tsan-work", (gpointer) func);
  __tsan_release (task);
  real (task, task_work);
}

void
g_task_return_boolean (GTask *task, gboolean result)
{
  REAL (g_task_return_boolean);
  __tsan_release (task);
  real (task, result);
}

void
g_task_return_error (GTask *task, GError *error)
{
  REAL (g_task_return_error);
  __tsan_release (task);
  real (task, error);
}

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  REAL (g_task_propagate_boolean);
  __tsan_acquire (task);
  return real (task, error);
}
