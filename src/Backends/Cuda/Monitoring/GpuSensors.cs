using System.Globalization;

namespace Camshaft.Backends.Cuda.Monitoring;

/// <summary>
/// What one GPU says of itself: the last reading, for whoever asks, and the thread that reads, alone, since a call of the management library
/// may take seconds or never end. While one does, the last reading counts for <see cref="Patience"/>, and from then on there is none
/// until the GPU answers as soon as that again. Any thread; ends with <see cref="Dispose"/>, its thread with the call that it is in.
/// </summary>
internal sealed class GpuSensors : IDisposable
{
    /// <summary>How often it is read though nobody asks, so that who asks seldom, as Prometheus does, finds a reading that is not older. As the console, which looks as often when nobody looks at it.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>How old a reading is at least when somebody who asks has it read anew. Below the console's second.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a reading may take: calls of seconds are usual under load.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _name;
    private readonly Func<ManagementSession?> _start;
    private readonly TimeProvider _timeProvider;
    private readonly IBackendLog? _log;
    private readonly ITimer _timer;
    private readonly object _gate = new();

    // All under the gate.
    private AcceleratorReading _last;
    private double? _energyBefore;
    private bool _isWanted = true;
    private bool _isReading;
    private long _beganAt;
    private DateTimeOffset _began;
    private DateTimeOffset? _silentSince;
    private bool _isEnded;

    /// <param name="name">The GPU, for the log.</param>
    /// <param name="start">Starts the library; null = there is none.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="log">Is told when it does not answer, and when it answers again; null = nobody is.</param>
    public GpuSensors(string name, Func<ManagementSession?> start, TimeProvider timeProvider, IBackendLog? log)
    {
        _name = name;
        _start = start;
        _timeProvider = timeProvider;
        _log = log;
        _timer = timeProvider.CreateTimer(static sensors => ((GpuSensors)sensors!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether nothing is read any more: it was disposed, or there is no library.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _isEnded;
            }
        }
    }

    /// <summary>Starts to read.</summary>
    /// <param name="threadName">The thread's name; Linux shows its first 15 letters.</param>
    public void Start(string threadName)
    {
        _timer.Change(Period, Period);
        new Thread(Work) { IsBackground = true, Name = threadName }.Start();
    }

    /// <summary>The last reading, its energy counted from the first. Never waits.</summary>
    public AcceleratorReading Read()
    {
        NoteSilence();
        lock (_gate)
        {
            if (!_isReading && _timeProvider.GetElapsedTime(_beganAt) >= Freshness)
            {
                Want();
            }

            // Which GPU it is does not grow old.
            return _isEnded ? default : _silentSince is null ? _last : new AcceleratorReading { UniqueId = _last.UniqueId, SilentSince = _silentSince };
        }
    }

    /// <summary>Ends it: what is read from then on is nothing. The library ends on its thread, which may be in a call.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isEnded = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Tick()
    {
        NoteSilence();
        lock (_gate)
        {
            Want();
        }
    }

    private void Want()
    {
        _isWanted = true;
        Monitor.Pulse(_gate);
    }

    private void Work()
    {
        // The library's start is a call like any other, and so is its end.
        Begin();
        using var session = _start();
        if (session is null)
        {
            Dispose();
            return;
        }

        do
        {
            End(session.Read());
        }
        while (WaitUntilWanted());
    }

    private bool WaitUntilWanted()
    {
        lock (_gate)
        {
            while (!_isWanted && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            if (!_isEnded)
            {
                Begin();
            }

            return !_isEnded;
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            (_isWanted, _isReading) = (false, true);
            (_beganAt, _began) = (_timeProvider.GetTimestamp(), _timeProvider.GetUtcNow());
        }
    }

    private void End(AcceleratorReading reading)
    {
        NoteSilence();
        DateTimeOffset? silentSince;
        lock (_gate)
        {
            _isReading = false;
            if (_timeProvider.GetElapsedTime(_beganAt) > Patience)
            {
                // What was so long on its way says nothing of now.
                return;
            }

            _energyBefore ??= reading.EnergyJoules;
            _last = reading with { EnergyJoules = reading.EnergyJoules - _energyBefore };
            (silentSince, _silentSince) = (_silentSince, null);
        }

        if (silentSince is { } since)
        {
            _log?.Write(BackendLogLevel.Information, string.Create(CultureInfo.InvariantCulture, $"The sensors of {_name} answer again, after {(_timeProvider.GetUtcNow() - since).TotalSeconds:F0} s."));
        }
    }

    private void NoteSilence()
    {
        DateTimeOffset since;
        lock (_gate)
        {
            if (!_isReading || _isEnded || _silentSince is not null || _timeProvider.GetElapsedTime(_beganAt) <= Patience)
            {
                return;
            }

            since = _began;
            _silentSince = since;
        }

        _log?.Write(
            BackendLogLevel.Warning,
            string.Create(CultureInfo.InvariantCulture, $"The sensors of {_name} do not answer since {since.UtcDateTime:u}: NVIDIA's management library hangs. What they say is missing in metrics and console until they do; requests go on."));
    }
}
