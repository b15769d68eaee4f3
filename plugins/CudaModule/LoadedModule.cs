using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Plugins.CudaModules.Expressions;
using Camshaft.Plugins.CudaModules.Manifest;

namespace Camshaft.Plugins.CudaModules;

/// <summary>A loaded module and its kernels, once for all instances. Its code lies in memory that the driver takes by itself and does not account for.</summary>
internal sealed class LoadedModule : ILoadedModel
{
    private readonly CudaContext _context;
    private readonly CudaModule _module;
    private readonly CudaFunction[] _functions;
    private readonly IBackendLog? _log;

    private LoadedModule(ModelSource source, ModuleDefinition definition, IAcceleratorShare share, IBackendLog? log, CudaContext context, CudaModule module, CudaFunction[] functions)
    {
        _log = log;
        Source = source;
        Definition = definition;
        IsRecorded = !share.IsConfined;
        Recordings = share.Accelerator.Recordings;
        _context = context;
        _module = module;
        _functions = functions;
    }

    public ModelSource Source { get; }

    public ModuleDefinition Definition { get; }

    public ModelSignature Signature => Definition.Signature;

    public MemoryFootprint Footprint => default;

    public CudaContext Context => _context;

    /// <summary>The kernels, in the order of their launches.</summary>
    public IReadOnlyList<CudaFunction> Functions => _functions;

    /// <summary>Whether sequences may be recorded and launched as a whole. Not where the model is kept to a part of the GPU: a record would not stay inside.</summary>
    public bool IsRecorded { get; }

    /// <summary>Keeps recordings apart from what would spoil them.</summary>
    public RecordingGate? Recordings { get; }

    /// <summary>Loads a module, and finds the kernels that its manifest names.</summary>
    /// <exception cref="BackendException">The module does not compile, or lacks a kernel, or a kernel takes other arguments.</exception>
    /// <exception cref="CudaException">The device does not answer.</exception>
    public static LoadedModule Load(ModelSource source, ModuleDefinition definition, IAcceleratorShare share, IBackendLog? log)
    {
        var context = CudaContext.Borrow(share.Accelerator.FindFunction, share.Accelerator.Context);
        CudaModule? module = null;
        try
        {
            module = LoadModule(source, definition, context);
            CudaFunction[] functions = [.. definition.Kernels.Select(kernel => FindFunction(source, definition, module, kernel))];
            return new LoadedModule(source, definition, share, log, context, module, functions);
        }
        catch
        {
            module?.Dispose();
            context.Dispose();
            throw;
        }
    }

    public IModelInstance CreateInstance(ILane lane) => new ModuleInstance(this, (IAcceleratorLane)lane);

    /// <summary>Says why a sequence is not recorded that was to be.</summary>
    public void ReportUnrecorded(string reason) => _log?.Write(
        BackendLogLevel.Warning, $"{Source}: its kernels could not be recorded as a CUDA graph, and batches of these shapes are launched kernel by kernel: {reason}");

    public void Dispose()
    {
        _module.Dispose();
        _context.Dispose();
    }

    private static CudaModule LoadModule(ModelSource source, ModuleDefinition definition, CudaContext context)
    {
        try
        {
            return CudaModule.Load(context, File.ReadAllBytes(definition.ModulePath));
        }
        catch (BackendException exception)
        {
            throw new BackendException(exception.Code, $"{source}: '{definition.ModulePath}' cannot be loaded: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new BackendException(StatusCode.NotFound, $"{source}: '{definition.ModulePath}' cannot be read: {exception.Message}", exception);
        }
    }

    private static CudaFunction FindFunction(ModelSource source, ModuleDefinition definition, CudaModule module, KernelDefinition kernel)
    {
        var function = module.FindFunction(kernel.Name)
            ?? throw new BackendException(StatusCode.InvalidArgument, $"{source}: '{definition.ModulePath}' has no kernel '{kernel.Name}'.");
        try
        {
            if (function.ArgumentByteSizes is { } sizes)
            {
                kernel.CheckArguments(sizes);
            }

            KernelLimits.CheckBlock(kernel.Block, function.MaxThreadsPerBlock);
            if (KernelLimits.CheckShared(kernel.Shared, function.SharedByteSize, function.MostAddedSharedByteSize))
            {
                function.AllowShared();
            }

            return function;
        }
        catch (ManifestException exception)
        {
            throw new BackendException(StatusCode.InvalidArgument, $"{source}: {exception.Message}.", exception);
        }
        catch (ExpressionException exception)
        {
            throw new BackendException(StatusCode.InvalidArgument, $"{source}: kernel '{kernel.Name}' of '{definition.ModulePath}': {exception.Message}.", exception);
        }
    }
}
