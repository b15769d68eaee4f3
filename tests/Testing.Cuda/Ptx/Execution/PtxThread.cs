using System.Runtime.CompilerServices;
using Camshaft.Backends.Cuda.Native;

namespace Camshaft.Testing.Cuda.Ptx.Execution;

/// <summary>One thread of a block: its registers, and where it stands. Used again for the same thread of the next block.</summary>
internal sealed class PtxThread
{
    private readonly ulong[] _registers;
    private readonly bool[] _isWritten;

    public PtxThread(PtxBlock block, int number)
    {
        Block = block;
        Number = number;
        var extent = block.Launch.Block;
        Place = ((uint)number % extent.X, (uint)number / extent.X % extent.Y, (uint)number / extent.X / extent.Y);
        _registers = new ulong[block.Launch.Kernel.RegisterNames.Count];
        _isWritten = new bool[_registers.Length];
        Current = block.Launch.Kernel.Instructions[0];
    }

    public PtxBlock Block { get; }

    /// <summary>Its place among the threads of its block, x first.</summary>
    public int Number { get; }

    public (uint X, uint Y, uint Z) Place { get; }

    /// <summary>The place of the instruction that it runs next.</summary>
    public int Next { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>The barrier at which it waits; null = it does not.</summary>
    public PtxInstruction? Barrier { get; set; }

    /// <summary>The instruction that it runs now, or ran last.</summary>
    public PtxInstruction Current { get; private set; }

    /// <summary>Starts anew, for the block's present place.</summary>
    public void Begin()
    {
        (Next, HasEnded, Barrier) = (0, false, null);
        _isWritten.AsSpan().Clear();
        foreach (var (slot, register) in Block.Launch.Kernel.SpecialRegisters)
        {
            Write(new PtxDestination(slot, uint.MaxValue), register.Read(this));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Read(PtxValue value) => value.Slot < 0 ? value.Constant : Read(value.Slot);

    public ulong Read(int slot) => _isWritten[slot]
        ? _registers[slot]
        : throw Fault($"register {Block.Launch.Kernel.RegisterNames[slot]} is read, and nothing has written it");

    public void Write(PtxDestination destination, ulong bits)
    {
        _registers[destination.Slot] = bits & destination.Mask;
        _isWritten[destination.Slot] = true;
    }

    /// <summary>Runs its next instruction.</summary>
    public void Step()
    {
        var instructions = Block.Launch.Kernel.Instructions;
        if (Next == instructions.Length)
        {
            throw Fault("the kernel ends without 'ret'");
        }

        Current = instructions[Next++];
        if (Current.Guard is not { } guard || (Read(guard.Slot) != 0) != guard.IsNegated)
        {
            Current.Execute(this);
        }
    }

    public Misuse Fault(string why, CudaStatus status = CudaStatus.InvalidValue) => new($"{Describe()}: {why}.", status);

    /// <summary>Where it is, for messages.</summary>
    public string Describe() => $"Kernel '{Block.Launch.Kernel.Name}', line {Current.Line}, thread {Format(Place)} of block {Format(Block.Place)}";

    private static string Format((uint X, uint Y, uint Z) place) => $"({place.X}, {place.Y}, {place.Z})";
}
