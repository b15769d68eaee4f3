using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Backends.Cuda;

/// <summary>A kernel of a module, and as long-lived. Any thread.</summary>
public sealed unsafe class CudaFunction
{
    private readonly CudaModule _module;
    private readonly nint _function;

    // For errors; made once, not with each launch.
    private readonly string _launchName;

    internal CudaFunction(CudaModule module, string name, nint function)
    {
        _module = module;
        _function = function;
        Name = name;
        _launchName = $"cuLaunchKernel of '{name}'";
        MaxThreadsPerBlock = ReadAttribute(CudaConstants.FunctionMaxThreadsPerBlock);
        SharedByteSize = ReadAttribute(CudaConstants.FunctionSharedByteSize);
        MostAddedSharedByteSize = module.Context.MostSharedByteSize - SharedByteSize;
        ArgumentByteSizes = ReadArguments();
    }

    /// <summary>Its name in the module.</summary>
    public string Name { get; }

    /// <summary>How many threads a block may have, with the registers that it needs.</summary>
    public int MaxThreadsPerBlock { get; }

    /// <summary>How many bytes of shared memory it declares; a launch may give it more.</summary>
    public int SharedByteSize { get; }

    /// <summary>How many bytes a launch may give it beside those; more than usual after <see cref="AllowShared"/>.</summary>
    public int MostAddedSharedByteSize { get; }

    /// <summary>The bytes of each argument; null where the driver (before CUDA 12.4) cannot say.</summary>
    public IReadOnlyList<int>? ArgumentByteSizes { get; }

    private CudaApi Api => _module.Api;

    /// <summary>Enqueues a launch. The context is current.</summary>
    /// <param name="stream">Where it runs.</param>
    /// <param name="grid">Blocks; each 1 or more.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedByteSize">Bytes of shared memory beside what the kernel declares.</param>
    /// <param name="arguments">The address of each argument, as many as the kernel has; read before this returns.</param>
    /// <exception cref="CudaException">The launch is not possible.</exception>
    public void Launch(nint stream, CudaExtent grid, CudaExtent block, uint sharedByteSize, void** arguments) => Api.ThrowIfFailed(
        Api.LaunchKernel(_function, grid.X, grid.Y, grid.Z, block.X, block.Y, block.Z, sharedByteSize, stream, arguments, null), _launchName);

    /// <summary>Asks for as much shared memory as the device has: without it a launch is given 48 KiB at most. The context is current.</summary>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public void AllowShared() => Api.ThrowIfFailed(
        Api.FuncSetAttribute(_function, CudaConstants.FunctionMaxDynamicSharedByteSize, MostAddedSharedByteSize), "cuFuncSetAttribute");

    private int ReadAttribute(int attribute)
    {
        int value;
        Api.ThrowIfFailed(Api.FuncGetAttribute(&value, attribute, _function), "cuFuncGetAttribute");
        return value;
    }

    private List<int>? ReadArguments()
    {
        if (Api.FuncGetParamInfo is null)
        {
            return null;
        }

        var sizes = new List<int>();
        nuint offset, byteSize;
        CudaStatus status;
        while ((status = Api.FuncGetParamInfo(_function, (nuint)sizes.Count, &offset, &byteSize)) == CudaStatus.Success)
        {
            sizes.Add((int)byteSize);
        }

        // How the driver says that there are no more.
        return status == CudaStatus.InvalidValue ? sizes : throw Api.CreateException(status, "cuFuncGetParamInfo");
    }
}
