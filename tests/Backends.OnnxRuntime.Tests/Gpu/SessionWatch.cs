using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Gpu;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>
/// Knows which sessions there are, whether TensorRT would be in them, and what of them a GPU would still run: what a thread has enqueued runs
/// until it says that it has ended. Building, and making sessions with TensorRT, waits or fails where a test wants it so. One at a time in
/// a process.
/// </summary>
internal sealed unsafe class SessionWatch
{
    private static readonly ConcurrentDictionary<nint, bool> Sessions = new();
    private static readonly ConcurrentDictionary<(int Thread, nint Session), int> Running = new();
    private static OrtApiTable _real = null!;

    [ThreadStatic]
    private static bool _usesTensorRt;

    /// <summary>What must not happen and did.</summary>
    public static ConcurrentQueue<string> Mistakes { get; } = [];

    /// <summary>Whether the last run of each thread was TensorRT's.</summary>
    public static ConcurrentDictionary<int, bool> LastRuns { get; } = new();

    /// <summary>How many sessions with TensorRT there are, and how many without.</summary>
    public static (int TensorRt, int Cuda) Alive => (Sessions.Values.Count(static usesTensorRt => usesTensorRt), Sessions.Values.Count(static usesTensorRt => !usesTensorRt));

    /// <summary>What happens when TensorRT builds: a session on no lane's stream.</summary>
    public Action<GpuPlace> Building { get; set; } = static _ => { };

    /// <summary>What happens when a lane gets a session with TensorRT.</summary>
    public Action<GpuPlace> Making { get; set; } = static _ => { };

    public OrtApiTable Wrap(OrtApiTable real)
    {
        _real = real;
        Sessions.Clear();
        Running.Clear();
        Mistakes.Clear();
        LastRuns.Clear();
        var table = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(real, null)!;
        Replace(table, nameof(real.CreateSession), (nint)(delegate* unmanaged[Cdecl]<nint, void*, nint, nint*, nint>)&CreateSession);
        Replace(table, nameof(real.ReleaseSession), (nint)(delegate* unmanaged[Cdecl]<nint, void>)&ReleaseSession);
        Replace(table, nameof(real.RunWithBinding), (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)&RunWithBinding);
        return (OrtApiTable)table;
    }

    /// <summary>What an execution provider would do.</summary>
    public void Add(GpuSession session)
    {
        _usesTensorRt = session.UsesTensorRt;
        if (session.Place is { TensorRt: { } plan } place)
        {
            (place.ComputeStream == 0 ? Building : Making)(place);
            if (plan.Engines is { } engines)
            {
                File.WriteAllText(Path.Combine(engines.EnginePath, "whole.engine"), "built");
            }
        }
    }

    /// <summary>Says that everything which a thread has enqueued has run.</summary>
    public static void EndBatch(int thread)
    {
        foreach (var key in Running.Keys.Where(key => key.Thread == thread))
        {
            Running.TryRemove(key, out _);
        }
    }

    private static void Replace(object table, string name, nint function) => typeof(OrtApiTable).GetField(name)!.SetValue(table, function);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint CreateSession(nint environment, void* path, nint options, nint* session)
    {
        var status = _real.CreateSession(environment, path, options, session);
        if (status == 0)
        {
            Sessions[*session] = _usesTensorRt;
        }

        return status;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseSession(nint session)
    {
        if (Running.Keys.Any(key => key.Session == session))
        {
            Mistakes.Enqueue("A session is ended that still runs.");
        }

        if (!Sessions.TryRemove(session, out _))
        {
            Mistakes.Enqueue("A session is ended that is none.");
        }

        _real.ReleaseSession(session);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint RunWithBinding(nint session, nint options, nint binding)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (Sessions.TryGetValue(session, out var usesTensorRt))
        {
            LastRuns[thread] = usesTensorRt;
        }
        else
        {
            Mistakes.Enqueue("A session runs that has ended.");
        }

        Running[(thread, session)] = 1;
        return _real.RunWithBinding(session, options, binding);
    }
}
