namespace Camshaft.Transport.Wire;

/// <summary>What is wrong with bytes that should be a frame.</summary>
public enum WireFault : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Nothing yet; more bytes are needed.</summary>
    Incomplete,

    /// <summary>They are of another protocol.</summary>
    NotAFrame,

    /// <summary>A length is no multiple of 8, or longer than it may be or than what it lies in.</summary>
    Length,

    /// <summary>A number is beyond 2⁶³ - 1.</summary>
    Number,

    /// <summary>A request has no id, or something else has one.</summary>
    Id,

    /// <summary>A reserved byte or flag is not zero.</summary>
    Reserved,

    /// <summary>Fields or table do not fit the room that a receiver keeps for them.</summary>
    Preface,

    /// <summary>A table ends within a tensor, or after another number of tensors than its head says.</summary>
    Table,

    /// <summary>A tensor has a datatype, a rank, a dimension or a place that does not exist.</summary>
    Tensor,

    /// <summary>The data is not as long as the tensors say together.</summary>
    Data,

    /// <summary>A field ends beyond the fields, or its value is not what its number says.</summary>
    Field,

    /// <summary>A field that comes once came twice.</summary>
    FieldTwice,

    /// <summary>A field that must be understood is not known.</summary>
    UnknownField,

    /// <summary>A text is not UTF-8, or not as long as its head says.</summary>
    Text,
}
