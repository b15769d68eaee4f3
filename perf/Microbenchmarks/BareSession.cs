using System.Runtime.InteropServices;
using System.Text;
using Camshaft.Backends;
using Camshaft.Backends.OnnxRuntime.Native;

namespace Camshaft.Microbenchmarks;

/// <summary>
/// What the engine is measured against: a session and a loop over the C API, one input and one output value made over fixed
/// memory, run and released each time. Nothing else.
/// </summary>
internal sealed unsafe class BareSession : IDisposable, IBackendLog
{
    private readonly OrtApiTable _api;
    private readonly OrtEnvironment _environment;
    private readonly nint _session;
    private readonly nint _memoryInfo;
    private readonly nint _inputName;
    private readonly nint _outputName;
    private readonly Tensor _input;
    private readonly Tensor _output;

    public BareSession(BenchmarkModel model)
    {
        _api = OrtLibrary.Load(Path.Combine(AppContext.BaseDirectory, "plugins", "OnnxRuntime.Cpu"));
        _environment = new OrtEnvironment(_api, this);
        nint options, session, memoryInfo;
        Check(_api.CreateSessionOptions(&options));
        Check(_api.SetIntraOpNumThreads(options, 1));
        fixed (byte* path = Encoding.UTF8.GetBytes(model.FilePath + '\0'))
        {
            Check(_api.CreateSession(_environment.Handle.Value, path, options, &session));
        }

        _api.ReleaseSessionOptions(options);
        Check(_api.CreateCpuMemoryInfo(0, 0, &memoryInfo));
        _session = session;
        _memoryInfo = memoryInfo;
        _inputName = Marshal.StringToCoTaskMemUTF8(model.Input);
        _outputName = Marshal.StringToCoTaskMemUTF8(model.Output);
        _input = new Tensor(model.Shape);
        _output = new Tensor(model.OutputShape);
    }

    public void Run()
    {
        var input = CreateValue(_input);
        var output = CreateValue(_output);
        var inputName = _inputName;
        var outputName = _outputName;
        Check(_api.Run(_session, 0, &inputName, &input, 1, &outputName, 1, &output));
        _api.ReleaseValue(input);
        _api.ReleaseValue(output);
    }

    public void Dispose()
    {
        _api.ReleaseSession(_session);
        _api.ReleaseMemoryInfo(_memoryInfo);
        _environment.Dispose();
        Marshal.FreeCoTaskMem(_inputName);
        Marshal.FreeCoTaskMem(_outputName);
        _input.Dispose();
        _output.Dispose();
    }

    public void Write(BackendLogLevel level, string message, Exception? exception = null) => Console.Error.WriteLine(message);

    private nint CreateValue(Tensor tensor)
    {
        const int float32 = 1; // ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT
        nint value;
        fixed (long* shape = tensor.Shape)
        {
            Check(_api.CreateTensorWithDataAsOrtValue(_memoryInfo, tensor.Address, tensor.ByteSize, shape, (nuint)tensor.Shape.Length, float32, &value));
        }

        return value;
    }

    private void Check(nint status) => _api.ThrowIfFailed(status, "call", "Benchmark");

    /// <summary>FP32 memory of a fixed shape, freed with the session.</summary>
    private sealed class Tensor : IDisposable
    {
        public Tensor(long[] shape)
        {
            Shape = shape;
            Backends.Shape.TryGetElementCount(shape, out var count);
            ByteSize = (nuint)count * sizeof(float);
            Address = NativeMemory.AlignedAlloc(ByteSize, 64);
            NativeMemory.Clear(Address, ByteSize);
        }

        public long[] Shape { get; }

        public nuint ByteSize { get; }

        public void* Address { get; }

        public void Dispose() => NativeMemory.AlignedFree(Address);
    }
}
