using System.Globalization;
using Camshaft.Backends;
using Camshaft.Backends.Cuda;
using Camshaft.Plugins.CudaModules.Expressions;
using Camshaft.Plugins.CudaModules.Manifest;

namespace Camshaft.Plugins.CudaModules;

/// <summary>A kernel's launch as one instance prepares it for each batch: extents and arguments, in memory that stays where it is.</summary>
internal sealed unsafe class KernelLaunch
{
    private const long LargestGridX = int.MaxValue;
    private const long LargestGrid = ushort.MaxValue;

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
    /// <exception cref="ExpressionException">A value is none.</exception>
    /// <exception cref="BackendException">The launch is not possible with these lengths.</exception>
    public void Prepare(ReadOnlySpan<long> symbols, ReadOnlySpan<nint> inputs, ReadOnlySpan<nint> outputs, ReadOnlySpan<nint> scratch)
    {
        _grid = new CudaExtent(Get(_definition.Grid, 0, symbols, LargestGridX), Get(_definition.Grid, 1, symbols, LargestGrid), Get(_definition.Grid, 2, symbols, LargestGrid));
        _block = new CudaExtent(Get(_definition.Block, 0, symbols, LargestGridX), Get(_definition.Block, 1, symbols, LargestGridX), Get(_definition.Block, 2, symbols, LargestGridX));
        _shared = (uint)_definition.Shared.Evaluate(symbols);
        var threads = (UInt128)_block.X * _block.Y * _block.Z;
        if (threads > (uint)_function.MaxThreadsPerBlock)
        {
            throw Refuse($"a block has {threads} threads; it can have {_function.MaxThreadsPerBlock}");
        }

        for (var i = 0; i < _definition.Arguments.Length; i++)
        {
            var argument = _definition.Arguments[i];
            _values[i] = argument.Kind switch
            {
                ArgumentKind.Input => inputs[argument.Index],
                ArgumentKind.Output => outputs[argument.Index],
                ArgumentKind.Scratch => scratch[argument.Index],
                ArgumentKind.Int32 => ToInt32(argument.Value!, symbols),
                ArgumentKind.Int64 => argument.Value!.Evaluate(symbols),
                _ => argument.Bits,
            };
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

    private uint Get(Expression[] extent, int dimension, ReadOnlySpan<long> symbols, long largest)
    {
        if (dimension >= extent.Length)
        {
            return 1;
        }

        var value = extent[dimension].Evaluate(symbols);
        return value >= 1 && value <= largest ? (uint)value : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"'{extent[dimension]}' is {value}; expected 1 to {largest}"));
    }

    // Signed or not, the kernel gets the same bits.
    private long ToInt32(Expression expression, ReadOnlySpan<long> symbols)
    {
        var value = expression.Evaluate(symbols);
        return value is >= int.MinValue and <= uint.MaxValue ? value : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"'{expression}' is {value}, which does not fit 32 bits"));
    }

    private BackendException Refuse(string why) => new(StatusCode.InvalidArgument, $"Kernel '{_definition.Name}' cannot run with inputs of these shapes: {why}.");
}
