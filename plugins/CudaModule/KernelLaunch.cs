using Camshaft.Backends.Cuda;
using Camshaft.Plugins.CudaModules.Expressions;
using Camshaft.Plugins.CudaModules.Manifest;

namespace Camshaft.Plugins.CudaModules;

/// <summary>A kernel's launch as one instance prepares it for each batch: extents and arguments, in memory that stays where it is.</summary>
internal sealed unsafe class KernelLaunch
{
    private readonly KernelDefinition _definition;
    private readonly CudaFunction _function;

    // On the pinned heap, so that the addresses in the second array are good for as long as this object.
    private readonly long[] _values;
    private readonly nint[] _addresses;
    private CudaExtent _grid;
    private CudaExtent _block;
    private uint _shared;

    public KernelLaunch(KernelDefinition definition, CudaFunction function)
    {
        _definition = definition;
        _function = function;
        _values = GC.AllocateArray<long>(Math.Max(1, definition.Arguments.Length), pinned: true);
        _addresses = GC.AllocateArray<nint>(Math.Max(1, definition.Arguments.Length), pinned: true);
        fixed (long* values = _values)
        {
            for (var i = 0; i < definition.Arguments.Length; i++)
            {
                _addresses[i] = (nint)(values + i);
            }
        }
    }

    /// <summary>Computes extents and arguments.</summary>
    /// <param name="symbols">The lengths of this batch's dimensions.</param>
    /// <param name="inputs">Where the inputs lie on the device.</param>
    /// <param name="outputs">Where the outputs do.</param>
    /// <param name="scratch">Where scratch does.</param>
    /// <exception cref="ExpressionException">The launch is not possible with these lengths; the message names the kernel.</exception>
    public void Prepare(ReadOnlySpan<long> symbols, ReadOnlySpan<nint> inputs, ReadOnlySpan<nint> outputs, ReadOnlySpan<nint> scratch)
    {
        try
        {
            var (grid, block) = (_definition.Grid, _definition.Block);
            _grid = new CudaExtent(KernelLimits.GetGrid(grid, 0, symbols), KernelLimits.GetGrid(grid, 1, symbols), KernelLimits.GetGrid(grid, 2, symbols));
            _block = new CudaExtent(KernelLimits.GetBlock(block, 0, symbols), KernelLimits.GetBlock(block, 1, symbols), KernelLimits.GetBlock(block, 2, symbols));
            KernelLimits.CheckThreads((long)_block.X * _block.Y * _block.Z, _function.MaxThreadsPerBlock);
            _shared = KernelLimits.GetShared(_definition.Shared, symbols, _function.SharedByteSize, _function.MostAddedSharedByteSize);
            for (var i = 0; i < _definition.Arguments.Length; i++)
            {
                var argument = _definition.Arguments[i];
                _values[i] = argument.Kind switch
                {
                    ArgumentKind.Input => inputs[argument.Index],
                    ArgumentKind.Output => outputs[argument.Index],
                    ArgumentKind.Scratch => scratch[argument.Index],
                    ArgumentKind.Float32 or ArgumentKind.Float64 => argument.Bits,
                    _ => argument.Evaluate(symbols),
                };
            }
        }
        catch (ExpressionException exception)
        {
            throw new ExpressionException($"kernel '{_definition.Name}': {exception.Message}");
        }
    }

    /// <summary>Enqueues it.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public void Enqueue(nint stream)
    {
        fixed (nint* addresses = _addresses)
        {
            _function.Launch(stream, _grid, _block, _shared, (void**)addresses);
        }
    }
}
