namespace Camshaft.Engine.Memory;

/// <summary>What a leased block is for, so that the pool can say who holds its memory.</summary>
public enum MemoryPurpose : byte
{
    /// <summary>Inputs of a request.</summary>
    Input,

    /// <summary>Outputs of a request.</summary>
    Output,
}
