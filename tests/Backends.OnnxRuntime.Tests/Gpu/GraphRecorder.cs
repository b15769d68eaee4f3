using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Backends.OnnxRuntime.Tests.Gpu;

/// <summary>
/// Does with the numbers of runs what ONNX Runtime's CUDA execution provider does: the first run of a number on a thread is recorded, further ones
/// are played, with the outputs that were bound then. One at a time in a process.
/// </summary>
internal sealed unsafe class GraphRecorder
{
    private static readonly ConcurrentDictionary<nint, int> Numbers = new();
    private static readonly ConcurrentDictionary<(int Thread, nint Session, int Number), nint> Graphs = new();
    private static readonly List<int> Runs = [];
    private static OrtApiTable _real = null!;
    private static int _under;
    private static int _failures;

    /// <summary>The numbers of the runs so far.</summary>
    public IReadOnlyList<int> Numbered => Runs;

    /// <summary>The numbers of the graphs that were given back.</summary>
    public static ConcurrentQueue<int> Released { get; } = [];

    /// <summary>What a run did that spoils a graph, or plays a wrong one.</summary>
    public static ConcurrentQueue<string> Mistakes { get; } = [];

    /// <summary>Lets the next recordings fail, each with a stream that is left recording.</summary>
    public void Fail(int count) => _failures = count;

    public OrtApiTable Wrap(OrtApiTable real)
    {
        _real = real;
        Numbers.Clear();
        Graphs.Clear();
        Runs.Clear();
        Runs.EnsureCapacity(10_000);
        Mistakes.Clear();
        Released.Clear();
        var table = typeof(object).GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(real, null)!;
        Replace(table, nameof(real.AddRunConfigEntry), (nint)(delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint>)&AddRunConfigEntry);
        Replace(table, nameof(real.RunWithBinding), (nint)(delegate* unmanaged[Cdecl]<nint, nint, nint, nint>)&RunWithBinding);
        Replace(table, nameof(real.SessionReleaseCapturedGraph), (nint)(delegate* unmanaged[Cdecl]<nint, int, nint>)&ReleaseGraph);
        return (OrtApiTable)table;
    }

    private static void Replace(object table, string name, nint function) => typeof(OrtApiTable).GetField(name)!.SetValue(table, function);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint AddRunConfigEntry(nint options, byte* key, byte* value)
    {
        if (Marshal.PtrToStringUTF8((nint)key) == "gpu_graph_id")
        {
            Numbers[options] = int.Parse(Marshal.PtrToStringUTF8((nint)value)!, CultureInfo.InvariantCulture);
        }

        return _real.AddRunConfigEntry(options, key, value);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint RunWithBinding(nint session, nint options, nint binding)
    {
        var number = Numbers[options];
        lock (Runs)
        {
            Runs.Add(number);
        }

        var key = (Environment.CurrentManagedThreadId, session, number);
        var isRecording = number != -1 && !Graphs.ContainsKey(key);
        if (Interlocked.Increment(ref _under) > 1 && isRecording)
        {
            Mistakes.Enqueue("Something is recorded beside a run.");
        }

        try
        {
            if (isRecording && _failures > 0)
            {
                _failures--;
                HostAccelerator.CapturingStream = HostAccelerator.LastStream;

                // Any status that is none of success: ONNX Runtime takes no empty key.
                byte empty = 0;
                return _real.AddRunConfigEntry(options, &empty, &empty);
            }

            var status = _real.RunWithBinding(session, options, binding);
            if (status == 0 && number != -1)
            {
                var output = ReadOutput(binding);
                if (Graphs.GetOrAdd(key, output) != output)
                {
                    Mistakes.Enqueue($"Graph {number} would write elsewhere.");
                }
            }

            return status;
        }
        finally
        {
            Interlocked.Decrement(ref _under);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint ReleaseGraph(nint session, int number)
    {
        if (!Graphs.TryRemove((Environment.CurrentManagedThreadId, session, number), out _))
        {
            Mistakes.Enqueue($"Graph {number} is given back, which the thread does not have.");
        }

        Released.Enqueue(number);
        return _real.SessionReleaseCapturedGraph(session, number);
    }

    private static nint ReadOutput(nint binding)
    {
        nint allocator;
        _real.GetAllocatorWithDefaultOptions(&allocator);
        nint* values;
        nuint count;
        _real.GetBoundOutputValues(binding, allocator, &values, &count);
        void* address = null;
        for (var i = 0; i < (int)count; i++)
        {
            _real.GetTensorMutableData(values[i], &address);
            _real.ReleaseValue(values[i]);
        }

        _real.AllocatorFree(allocator, values);
        return (nint)address;
    }
}
