using System.Diagnostics;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Preparation;

/// <summary>
/// Reads the entries that are in use, one after the other and behind everything else that the processors have to do, and says
/// which is damaged. Its thread lives as long as there is something to read.
/// </summary>
internal sealed class EntryVerifier(IBackendLog log) : IDisposable
{
    // A model that comes and goes many times a minute is not read whole each time.
    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();

    // When an entry was found to be good, by what its files were; for the thread alone.
    private readonly Dictionary<string, (string Identity, long Timestamp)> _good = new(StringComparer.Ordinal);
    private readonly Queue<(CacheEntry Entry, Action<string, CancellationToken> OnDamage)> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private Thread? _thread;

    /// <summary>Verifies an entry some time from now; <paramref name="onDamage"/> is called with the damaged file's name, and a token that is set when the server stops.</summary>
    public void Enqueue(CacheEntry entry, Action<string, CancellationToken> onDamage)
    {
        lock (_gate)
        {
            _waiting.Enqueue((entry, onDamage));
            if (_thread is null && !_stop.IsCancellationRequested)
            {
                _thread = new Thread(VerifyAll) { IsBackground = true, Name = "camshaft verify" };
                _thread.Start();
            }
        }
    }

    /// <summary>Ends it, in the middle of an entry if need be.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stop.Cancel();
            thread = _thread;
        }

        thread?.Join();
        _stop.Dispose();
    }

    private void VerifyAll()
    {
        if (OperatingSystem.IsLinux())
        {
            Posix.LowerThreadPriority();
        }

        while (TryTake(out var entry, out var onDamage))
        {
            try
            {
                var identity = entry.Identify();
                if (_good.TryGetValue(entry.Path, out var good) && good.Identity == identity && Stopwatch.GetElapsedTime(good.Timestamp) < Trust)
                {
                    continue;
                }

                _good.Remove(entry.Path);
                if (entry.FindDamage(_stop.Token) is { } file)
                {
                    onDamage(file, _stop.Token);
                }
                else
                {
                    _good[entry.Path] = (identity, Stopwatch.GetTimestamp());
                    log.Write(BackendLogLevel.Debug, $"The prepared model '{entry.Path}' is verified.");
                }
            }
            catch (OperationCanceledException)
            {
                // Nobody waits for it any more; the queue is empty at the next look.
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or BackendException)
            {
                // Most likely it was removed meanwhile. Whatever it is, the model serves.
                log.Write(BackendLogLevel.Debug, $"The prepared model '{entry.Path}' cannot be verified.", exception);
            }
        }
    }

    private bool TryTake(out CacheEntry entry, out Action<string, CancellationToken> onDamage)
    {
        lock (_gate)
        {
            if (!_stop.IsCancellationRequested && _waiting.TryDequeue(out var next))
            {
                (entry, onDamage) = next;
                return true;
            }

            _thread = null;
            (entry, onDamage) = (null!, null!);
            return false;
        }
    }
}
