namespace Mimesh.People;

/// <summary>
/// The last used of an endless row of items, made when first asked for. Item k is a function of k alone, so that it does not matter
/// whether it is still there.
/// </summary>
/// <typeparam name="T">An item.</typeparam>
/// <param name="make">Makes item k; called from several threads.</param>
/// <param name="capacity">Items that are kept.</param>
internal sealed class Ring<T>(Func<long, T> make, int capacity)
{
    private readonly (long Number, Lazy<T> Item)[] _slots = new (long, Lazy<T>)[capacity];
    private readonly Lock _lock = new();

    /// <summary>Item k; waits while it is being made.</summary>
    /// <param name="number">k ≥ 0.</param>
    public T this[long number]
    {
        get
        {
            Lazy<T> item;
            lock (_lock)
            {
                ref var slot = ref _slots[number % _slots.Length];
                if (slot.Item is null || slot.Number != number)
                {
                    slot = (number, new Lazy<T>(() => make(number)));
                }

                item = slot.Item;
            }

            return item.Value;
        }
    }
}
