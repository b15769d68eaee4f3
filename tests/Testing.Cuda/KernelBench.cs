using System.Runtime.InteropServices;
using Camshaft.Backends.Cuda;

namespace Camshaft.Testing.Cuda;

/// <summary>
/// Runs the kernels of one module on a simulated device, each buffer in an allocation of exactly its size: whoever runs over the end of
/// one is found out. For tests of kernels without an engine. Disposal fails the test when something was wrong and nobody has looked.
/// </summary>
public sealed unsafe class KernelBench : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaModule _module;
    private readonly CudaStream _stream;
    private readonly List<CudaMemory> _memory = [];

    /// <summary>Loads a module.</summary>
    /// <param name="ptx">Its text.</param>
    /// <param name="seed">Decides in which order threads run.</param>
    /// <exception cref="Backends.BackendException">It does not assemble.</exception>
    public KernelBench(string ptx, int seed = 0)
    {
        Simulation = new SimulatedDriver(new SimulatedDriverOptions { Seed = seed });
        _context = new CudaDriver(Simulation.Resolve).RetainContext(0);
        _context.MakeCurrent();
        try
        {
            _module = CudaModule.Load(_context, System.Text.Encoding.UTF8.GetBytes(ptx));
        }
        catch
        {
            _context.Dispose();
            Simulation.Dispose();
            throw;
        }

        _stream = CudaStream.Create(_context, priority: 0);
    }

    /// <summary>The driver below.</summary>
    public SimulatedDriver Simulation { get; }

    /// <summary>Bytes of shared memory that launches give beside what the kernel declares.</summary>
    public uint SharedByteSize { get; init; }

    /// <summary>Takes memory that holds some values.</summary>
    /// <returns>Its address.</returns>
    public nint Upload<T>(params ReadOnlySpan<T> values) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var address = Reserve(bytes.Length);
        fixed (byte* source = bytes)
        {
            _stream.CopyIn(address, (nint)source, bytes.Length);
        }

        return address;
    }

    /// <summary>Takes memory that nothing has written.</summary>
    /// <returns>Its address.</returns>
    public nint Reserve(int byteSize)
    {
        _memory.Add(CudaMemory.Allocate(_context, byteSize));
        return _memory[^1].Value;
    }

    /// <summary>Launches a kernel, and waits until it has run.</summary>
    /// <param name="kernel">Its name.</param>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="arguments">What it is given: addresses and numbers.</param>
    /// <exception cref="CudaException">The launch is refused, or the kernel loses the device.</exception>
    public void Launch(string kernel, CudaExtent grid, CudaExtent block, params ReadOnlySpan<object> arguments)
    {
        var values = stackalloc long[arguments.Length + 1];
        var addresses = stackalloc void*[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++)
        {
            addresses[i] = values + i;
            values[i] = arguments[i] switch
            {
                nint address => address,
                int number => number,
                uint number => number,
                long number => number,
                float number => BitConverter.SingleToInt32Bits(number),
                var other => throw new ArgumentException($"{other.GetType()} is no argument.", nameof(arguments)),
            };
        }

        _module.FindFunction(kernel)!.Launch(_stream.Value, grid, block, SharedByteSize, addresses);
        _stream.Synchronize();
    }

    /// <summary>What lies in memory.</summary>
    public T[] Download<T>(nint address, int count) where T : unmanaged
    {
        var values = new T[count];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        fixed (byte* target = bytes)
        {
            _stream.CopyOut((nint)target, address, bytes.Length);
        }

        _stream.Synchronize();
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Simulation.Run();
        _memory.ForEach(static memory => memory.Dispose());
        _stream.Dispose();
        _module.Dispose();
        _context.Dispose();
        Simulation.Dispose();
    }
}
