namespace Camshaft.Backends.Cuda.Devices;

/// <summary>A model's part of a GPU: its account of the memory, its priority, and its multiprocessors where it has some of its own. Any thread.</summary>
internal sealed class CudaShare : IAcceleratorShare
{
    private readonly AcceleratorTerms _terms;
    private readonly MemoryAccount _account;
    private readonly CudaPart? _part;
    private readonly Dictionary<nint, long> _allocated = [];
    private long _foreignByteSize;

    public CudaShare(CudaDevice device, AcceleratorTerms terms, CudaPart? part)
    {
        Device = device;
        _terms = terms;
        _account = new MemoryAccount(terms.MemoryLimit);
        _part = part;
        StreamPriority = device.GetStreamPriority(terms.Priority);
        StreamSets = part is null ? device.StreamSets : new CudaStreamSets(CreateStream);
    }

    public CudaDevice Device { get; }

    public IAccelerator Accelerator => Device;

    public DeviceKind Kind => Device.Kind;

    public int Ordinal => Device.Ordinal;

    public string Name => Device.Name;

    public IMemorySource MemorySource => Device.MemorySource;

    public double ProcessorShare => _part is null ? 0 : (double)_part.MultiprocessorCount / Device.MultiprocessorCount;

    public bool IsConfined => _part is not null || Device.Parts.Rest is not null;

    public AcceleratorTerms Terms => _terms;

    public long ForeignByteSize
    {
        get => Interlocked.Read(ref _foreignByteSize);
        set
        {
            var added = value - Interlocked.Exchange(ref _foreignByteSize, value);
            _account.Add(added);
            Device.Account.Add(added);
        }
    }

    public long UsedByteSize => _account.Used;

    public long PeakByteSize => _account.Peak;

    public int StreamPriority { get; }

    /// <summary>Where lanes that are made now get their streams, and give them back to.</summary>
    public CudaStreamSets StreamSets { get; private set; }

    public void SeparateLanes() => StreamSets = new CudaStreamSets(CreateStream, isShared: false);

    public ILane CreateLane(int index)
    {
        try
        {
            return new CudaLane(this, index);
        }
        catch (CudaException exception)
        {
            throw Device.Translate(exception);
        }
    }

    public nint Allocate(long byteSize)
    {
        try
        {
            lock (_allocated)
            {
                Device.Context.MakeCurrent();
                var address = Take(Math.Max(1, byteSize), Device.LoadStream);

                // From here on every stream may use it.
                Device.LoadStream.Synchronize();
                _allocated.Add(address, Math.Max(1, byteSize));
                return address;
            }
        }
        catch (CudaException exception)
        {
            throw Device.Translate(exception);
        }
    }

    public void Free(nint address)
    {
        lock (_allocated)
        {
            if (!_allocated.Remove(address, out var byteSize))
            {
                throw new InvalidOperationException($"{_terms.Owner}: device memory is given back that was not taken, or was given back already.");
            }

            Return(address, byteSize, Device.LoadStream);
            Device.TrySynchronize(Device.LoadStream);
        }
    }

    /// <summary>Takes device memory in the order of a stream.</summary>
    /// <exception cref="BackendException">There is not that much.</exception>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public nint Take(long byteSize, CudaStream stream)
    {
        if (!_account.TryTake(byteSize))
        {
            throw Refuse(byteSize, $"its limit is {_account.Limit} bytes, of which {_account.Used} are taken");
        }

        if (!Device.Account.TryTake(byteSize))
        {
            _account.Return(byteSize);
            throw Refuse(byteSize, $"of the {Device.Account.Limit} bytes that models may take together, {Device.Account.Used} are taken");
        }

        try
        {
            if (Device.Pool.TryAllocate(byteSize, stream) is var address and not 0)
            {
                _account.NotePeak();
                return address;
            }

            throw Refuse(byteSize, $"{Device.Context.FreeByteSize} bytes are free, and other processes may hold the rest");
        }
        catch
        {
            Device.Account.Return(byteSize);
            _account.Return(byteSize);
            throw;
        }
    }

    /// <summary>Gives device memory back in the order of a stream.</summary>
    public void Return(nint address, long byteSize, CudaStream stream)
    {
        Device.TryFree(address, stream);
        Device.Account.Return(byteSize);
        _account.Return(byteSize);
    }

    public void Dispose()
    {
        lock (_allocated)
        {
            foreach (var (address, byteSize) in _allocated)
            {
                Return(address, byteSize, Device.LoadStream);
            }

            _allocated.Clear();
            Device.TrySynchronize(Device.LoadStream);
        }

        // Freed and waited for by now: what the lanes had, and what was taken beside them.
        Device.TryTrim();

        ForeignByteSize = 0;
        _part?.Dispose();
    }

    private CudaStream CreateStream(int priority) => _part?.CreateStream(priority) ?? Device.CreateStream(priority);

    private BackendException Refuse(long byteSize, string why) =>
        new(StatusCode.ResourceExhausted, $"{_terms.Owner} needs {byteSize} bytes of memory on GPU {Ordinal}: {why}.");
}
